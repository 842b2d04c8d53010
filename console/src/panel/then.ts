/** What a replay makes of the network as it was: points as the pages show them, figures between two readings, and where
 *  things stand on the slider. Pure. */
import type { PointView, Reading, Session } from '../central/contract.ts'
import type { IncidentView, PointThenView, SessionThenView } from '../central/views.ts'

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000]

/** How much of the time the slider shows. */
export const SPANS = { '1h': HOUR_MS, '6h': 6 * HOUR_MS, '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS } as const
export type Span = keyof typeof SPANS

export const SPEEDS = [1, 10, 60, 600] as const
export type Speed = (typeof SPEEDS)[number]

/** The span that an address names, else a day. */
export function spanNamed(name: string | undefined): Span {
  return name !== undefined && Object.hasOwn(SPANS, name) ? (name as Span) : '24h'
}

/** The first whole millisecond at which a moment has come; null for what is no moment. */
export function momentMs(text: string | undefined): number | null {
  const ms = Date.parse(text ?? '')
  if (Number.isNaN(ms)) return null
  return /\.\d{3}\d*[1-9]/.test(text!) ? ms + 1 : ms
}

/** What a session had come to at a moment, in ms. */
export function figuresAt({ growth, kwh, euros }: SessionThenView, at: number): { kwh: number; euros: number } {
  if (growth === null) return { kwh, euros }
  const { begins_at, ends_at, kwh_from, kwh_to, euros_from, euros_to } = growth
  if (ends_at === null) return { kwh: kwh_from, euros: euros_from }
  const [begin, end] = [Date.parse(begins_at), Date.parse(ends_at)]
  const part = end > begin ? Math.min(1, Math.max(0, (at - begin) / (end - begin))) : 1
  return { kwh: kwh_from + (kwh_to - kwh_from) * part, euros: euros_from + (euros_to - euros_from) * part }
}

/** A point as the pages show it. */
export function viewOf(then: PointThenView, at: number): PointView {
  const { session, state, ...point } = then
  return {
    ...point,
    state: state ?? 'UNKNOWN',
    kw_rate: null,
    last_seen: undefined,
    stopped: state === 'STOPPED',
    manual: false,
    plugged: null,
    occupied: false,
    held_until: null,
    reserved_from: null,
    finishing: false,
    is_limited: true,
    session: session && sessionOf(session, at),
  }
}

function sessionOf({ growth, ...session }: SessionThenView, at: number): Session {
  return { ...session, ...figuresAt({ growth, ...session }, at), price: null, read_at: new Date(at).toISOString() }
}

/** What the meter of a point showed; null where nobody had it. */
export function readingOf({ cp_id, session }: PointThenView, at: number): Reading | null {
  if (session === null || session.status === 'AUTHORISED') return null
  const ts = new Date(at).toISOString()
  const { driver_id, session_id, kw } = session
  return { cp_id, kw, ...figuresAt(session, at), price: null, driver_id, session_id, ts, register_mwh: 0, read_at: ts }
}

/** Power that is known to have flowed at all of them, in kW. */
export function kwOf(points: Iterable<PointThenView>): number {
  let sum = 0
  for (const { session } of points) sum += session?.kw ?? 0
  return sum
}

/** The part of the time that the slider shows, in ms. */
export interface Shown {
  begin: number
  end: number
}

/** What the slider shows: as before, unless the moment is not in it any more; it ends now at the latest. */
export function shownAround(at: number, span: number, now: number, before: Shown | null): Shown {
  const isIn = before !== null && before.end - before.begin === span && before.begin <= at && at <= before.end
  if (isIn) return before
  const end = Math.min(Math.max(now, at), at + span / 2)
  return { begin: end - span, end }
}

/** Where a key leads from a moment; null for any other key. */
export function movedBy(key: string, at: number, { begin, end }: Shown): number | null {
  const to: Record<string, number> = {
    ArrowLeft: at - MINUTE_MS, ArrowDown: at - MINUTE_MS, ArrowRight: at + MINUTE_MS, ArrowUp: at + MINUTE_MS,
    PageUp: at + HOUR_MS, PageDown: at - HOUR_MS, Home: begin, End: end,
  }
  return Object.hasOwn(to, key) ? to[key]! : null
}

/** How grave an incident is, so that the gravest of a place is seen. */
const RANK: Record<IncidentView['kind'], number> = { central_began: 0, alert: 1, offline: 2, bill_held: 3, fault: 4 }
const PLACES = 240

export interface Mark {
  /** Where it stands, in percent. */
  place: number
  kind: IncidentView['kind']
  count: number
}

/** Incidents as marks: those that would stand on top of one another are one. */
export function marksOf(incidents: IncidentView[], { begin, end }: Shown): Mark[] {
  const found = new Map<number, Mark>()
  for (const { at, kind } of incidents) {
    const number = Math.floor(((Date.parse(at) - begin) / (end - begin)) * PLACES)
    if (number < 0 || number > PLACES) continue
    const before = found.get(number)
    const isGraver = before === undefined || RANK[kind] > RANK[before.kind]
    found.set(number, {
      place: (100 * number) / PLACES,
      kind: isGraver ? kind : before.kind,
      count: (before?.count ?? 0) + 1,
    })
  }
  return [...found.values()]
}

/** How much is asked for at once while it plays: some seconds of it, and an hour at most. */
export function aheadOf(speed: Speed): number {
  return Math.min(HOUR_MS, Math.max(MINUTE_MS, 20_000 * speed))
}
