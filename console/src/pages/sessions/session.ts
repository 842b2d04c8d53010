/** What the console makes of a session and of the filters in the address. Pure. */
import type { SessionView } from '../../central/views.ts'
import { dayBegins } from '../../panel/days.ts'
import { texts } from '../../texts/index.ts'

export type Status = SessionView['status']

export const STATUSES = Object.keys(texts.sessions.statuses) as Status[]
/** What an address says after the ID of a session, for its receipt. */
export const RECEIPT = 'receipt'
/** What Central takes. */
export const LONGEST_TEXT = 64

/** When it began; for one that never did, when it was asked for. */
export function beganAt(session: SessionView): string {
  return session.started_at ?? session.requested_at
}

/** How long it has been supplying, or was, in ms; null if it never did. */
export function lasted({ started_at, ended_at }: SessionView, now: number): number | null {
  if (started_at === null) return null
  return Math.max(0, (ended_at === null ? now : Date.parse(ended_at)) - Date.parse(started_at))
}

/** What it costs by its own price; null where nobody can say, as by a tariff, for which there is the ticket. */
export function cost({ kwh, euros_per_kwh, tariff }: SessionView): number | null {
  return kwh === null || kwh < 0 || tariff !== null ? null : kwh * euros_per_kwh
}

/** Only what began, ended and is not held has a ticket; an idle one has it once its vehicle has left. */
export function mayHaveTicket({ started_at, ended_at, status }: SessionView): boolean {
  return started_at !== null && ended_at !== null && status !== 'SUSPECT' && status !== 'IDLE'
}

/** The filters of an address as Central takes them: what it would not understand is left out. */
export function asked(query: Record<string, string>): Record<string, string> {
  const [q, from, to] = [query.q?.trim().slice(0, LONGEST_TEXT), dayBegins(query.from, 0), dayBegins(query.to, 1)]
  const status = STATUSES.find((each) => each === query.status)
  return { ...(q && { q }), ...(status && { status }), ...(from && { from }), ...(to && { to }) }
}
