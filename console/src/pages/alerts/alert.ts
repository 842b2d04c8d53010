/** What the console makes of an alert and of the filters in the address. Pure. */
import type { AlertView } from '../../central/views.ts'
import { texts } from '../../texts/index.ts'
import { actorText } from '../audit/action.ts'

const words = texts.alerts

export const STATES = Object.keys(words.states) as AlertView['state'][]
export const RULES = Object.keys(words.rules) as AlertView['rule'][]
/** What is seen without a choice: all that goes on. */
export const UNCLOSED = 'unclosed'
/** What an address says for every state. */
export const ALL = 'all'
export const NO_FILTER = { q: '', state: '', rule: '' }
/** What Central takes. */
export const LONGEST_TEXT = 64
export const LONGEST_NOTE = 120
export const LONGEST_URL = 500

/** The filters of an address as Central takes them: what it would not understand is left out. */
export function asked(query: Record<string, string>): Record<string, string> {
  const q = query.q?.trim().slice(0, LONGEST_TEXT)
  const rule = RULES.find((each) => each === query.rule)
  const state = query.state === ALL ? null : STATES.find((each) => each === query.state) ?? UNCLOSED
  return { ...(q && { q }), ...(state && { state }), ...(rule && { rule }) }
}

/** Whether something else than all that goes on is asked for. */
export function isFiltered(query: Record<string, string>): boolean {
  return JSON.stringify(asked(query)) !== JSON.stringify({ state: UNCLOSED })
}

const OF_SESSIONS: readonly string[] = ['bill_held', 'capture_waits', 'payment_difference']

/** Where the reader finds what an alert is about: its session where that is billed or paid, else its point. */
export function subjectOf({ rule, cp_id, session_id }: AlertView): { page: string; id: string } {
  return OF_SESSIONS.includes(rule) && session_id !== null
    ? { page: 'sessions', id: session_id }
    : { page: 'points', id: cp_id }
}

/** Who acknowledged it, as it reads. */
export function seenBy({ acknowledged }: AlertView): string {
  const by = acknowledged?.by ?? null
  return by === null ? words.somebody : actorText(by, [])
}
