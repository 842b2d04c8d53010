/** How a bill was paid: what was held, taken, paid back, and is owed. */
import type { PaidView } from '../../api/types'
import { Fact } from '../../look/Card'
import { Words } from '../../look/Words'
import { useCentral } from '../../state/account'
import { useAsked } from '../../state/asking'
import { usePreferences } from '../../state/preferences'
import { cardName } from '../cards/words'
import { isPending } from './paying'

export function Paid({ paid }: { paid: PaidView }) {
  const { t, format } = usePreferences()
  const central = useCentral()
  const cards = useAsked('cards', central.cards)
  const card = cards.data?.items.find((each) => each.method === paid.method) ?? null
  return (
    <>
      {card && <Fact name={t.receipt.paidBy}>{cardName(card)}</Fact>}
      <Fact name={t.receipt.heldOn}>{format.cents(paid.held_cents)}</Fact>
      {isPending(paid.state) ? (
        <Words tone="muted" polite>
          {t.receipt.taking}
        </Words>
      ) : (
        <Fact name={t.receipt.taken}>{format.cents(paid.captured_cents)}</Fact>
      )}
      {paid.credit_notes.map((note) => (
        <Fact key={note.at} name={note.number === null ? t.receipt.back : t.receipt.creditNote(note.number)}>
          {format.cents(note.cents)}
        </Fact>
      ))}
      {!isPending(paid.state) && paid.owed_cents > 0 && (
        <Fact name={t.receipt.owed} strong>
          {format.cents(paid.owed_cents)}
        </Fact>
      )}
    </>
  )
}
