/** How Central is, as it says itself. */
import { Refusal } from './refusal.ts'
import type { Health } from './views.ts'
import { texts } from '../texts/index.ts'

const TIMEOUT_MS = 4_000

/** Also where it is not well: its answer says why, whatever its status. Throws a Refusal. */
export async function health(): Promise<Health> {
  const answer = await fetch('health', { signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-store' }).catch(() => {
    throw new Refusal(texts.unreachable)
  })
  const said = (await answer.json().catch(() => null)) as Partial<Health> | null
  if (said?.status === undefined) throw new Refusal(texts.answeredWith(answer.status))
  return said as Health
}
