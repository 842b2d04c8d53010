/** Whether charges are paid here, and by which card of the driver. */
import type { AccessView, CardView } from '../api/types'
import { useCentral } from './account'
import { useAsked } from './asking'

export interface Paying {
  isOn: boolean
  /** The card that pays, once it is known. */
  card: CardView | null
  /** It is known that there is none, and one is needed. */
  needsCard: boolean
  /** How much is held when a charge begins, at most. */
  limitCents: number | null
}

export function useAccess(): AccessView | null {
  const central = useCentral()
  return useAsked('access', central.access).data
}

export function usePaying(): Paying {
  const central = useCentral()
  const access = useAccess()
  const isOn = access?.payments ?? false
  const cards = useAsked(`cards ${isOn}`, async () => (isOn ? (await central.cards()).items : []))
  const card = cards.data?.find((each) => each.is_default) ?? null
  return { isOn, card, needsCard: isOn && cards.data !== null && card === null, limitCents: access?.hold_limit_cents ?? null }
}
