/** How things stand for the driver, told by the frames of the stream. Pure. */
import type { Frame } from '../api/stream'
import type { OwnQueueFrame, OwnSession, OwnUpdateFrame, QueueEntryView, QueueStatus, Quote, UpdateStatus } from '../api/types'

/** A session that goes on, as it was heard of last; times are ms of this device's clock. */
export interface Live extends OwnSession {
  asOf: number
  quote: Quote | null
  endsBy: string | null
  /** What Central says beside the figures. */
  note: string | null
}

export interface Waiting {
  requestId: string
  siteId: string
  status: QueueStatus
  place: number | null
  waiting: number | null
  expectedAt: string | null
  cpId: string | null
  until: string | null
}

/** What came of a request that has no session any more. LOST: it ended unheard. */
export interface Ended {
  requestId: string
  sessionId: string | null
  cpId: string
  status: UpdateStatus | QueueStatus | 'LOST'
  reason: string | null
}

export interface Own {
  sessions: Live[]
  queue: Waiting[]
  /** The newest first. */
  ended: Ended[]
  /** Counts what was said of reservations, so that lists are read again. */
  reservations: number
  heardAt: number | null
}

export const NOTHING: Own = { sessions: [], queue: [], ended: [], reservations: 0, heardAt: null }

const WAITS: readonly QueueStatus[] = ['QUEUED', 'HOLDING', 'OFFERED', 'STARTING']
const REMEMBERED = 5

/** Central's word that the supply has ended, and the vehicle is still there. */
const IDLE = /the supply has ended/

export function heard(own: Own, frame: Frame, now: number): Own {
  const after = { ...own, heardAt: now }
  switch (frame.type) {
    case 'snapshot': {
      const sessions = frame.sessions.map((each) => ({ ...each, asOf: now, ...kept(own, each.request_id) }))
      const gone = own.sessions.filter((old) => !frame.sessions.some((each) => each.session_id === old.session_id))
      const lost = gone.map((old) => ended(old.request_id, old.session_id, old.cp_id, 'LOST', null))
      return { ...after, sessions, queue: frame.queue.map(entry), ended: newest([...lost, ...own.ended]) }
    }
    case 'update':
      return updated(after, frame, now)
    case 'queue':
      return queued(after, frame)
    case 'reservation':
      return { ...after, reservations: own.reservations + 1 }
    default:
      return after
  }
}

function kept(own: Own, requestId: string): Pick<Live, 'quote' | 'endsBy' | 'note'> {
  const old = own.sessions.find((each) => each.request_id === requestId)
  return { quote: old?.quote ?? null, endsBy: old?.endsBy ?? null, note: old?.note ?? null }
}

function updated(own: Own, frame: OwnUpdateFrame, now: number): Own {
  const old = own.sessions.find((each) => each.request_id === frame.request_id)
  const others = own.sessions.filter((each) => each !== old)
  const queue = own.queue.filter((each) => each.requestId !== frame.request_id)
  if (frame.session_id === null || !['ACCEPTED', 'IN_PROGRESS'].includes(frame.status)) {
    const end = ended(frame.request_id, frame.session_id ?? old?.session_id ?? null, frame.cp_id, frame.status, frame.reason)
    return { ...own, sessions: others, queue, ended: newest([end, ...own.ended]) }
  }
  const begun = frame.status === 'IN_PROGRESS'
  const isIdle = begun && (old?.status === 'IDLE' || IDLE.test(frame.reason ?? ''))
  // What is said without a reading has no figures of its own.
  const isReading = frame.kw > 0 || frame.euros > 0
  const live: Live = {
    session_id: frame.session_id,
    request_id: frame.request_id,
    cp_id: frame.cp_id,
    status: isIdle ? 'IDLE' : begun ? 'SUPPLYING' : accepted(old),
    requested_at: old?.requested_at ?? frame.ts,
    started_at: old?.started_at ?? (begun ? frame.ts : null),
    ended_at: old?.ended_at ?? (isIdle ? frame.ts : null),
    kw: frame.kw,
    kwh: Math.max(frame.kwh, old?.kwh ?? 0),
    euros: isReading ? frame.euros : (old?.euros ?? 0),
    price: old?.price ?? null,
    read_at: begun ? frame.ts : (old?.read_at ?? null),
    asOf: now,
    quote: frame.quote ?? old?.quote ?? null,
    endsBy: frame.ends_by ?? old?.endsBy ?? null,
    note: frame.reason ?? (isIdle ? (old?.note ?? null) : null),
  }
  // Each stays in its place, so that nothing moves away from under a finger.
  const sessions = old ? own.sessions.map((each) => (each === old ? live : each)) : [...own.sessions, live]
  return { ...own, sessions, queue }
}

/** Who is accepted has money held, where that is asked for. */
function accepted(old: Live | undefined): Live['status'] {
  return old && old.status !== 'HOLDING' ? old.status : 'AUTHORISED'
}

function queued(own: Own, frame: OwnQueueFrame): Own {
  const others = own.queue.filter((each) => each.requestId !== frame.request_id)
  if (!WAITS.includes(frame.status)) {
    if (frame.status === 'SERVED') return { ...own, queue: others }
    const end = ended(frame.request_id, null, frame.cp_id ?? frame.site_id, frame.status, frame.reason)
    return { ...own, queue: others, ended: newest([end, ...own.ended]) }
  }
  const waits: Waiting = {
    requestId: frame.request_id,
    siteId: frame.site_id,
    status: frame.status,
    place: frame.place,
    waiting: frame.waiting,
    expectedAt: frame.expected_at,
    cpId: frame.cp_id,
    until: frame.until,
  }
  return { ...own, queue: [...others, waits] }
}

function entry(view: QueueEntryView): Waiting {
  return {
    requestId: view.request_id,
    siteId: view.site_id,
    status: view.status,
    place: null,
    waiting: null,
    expectedAt: null,
    cpId: view.cp_id,
    until: view.until,
  }
}

function ended(requestId: string, sessionId: string | null, cpId: string, status: Ended['status'], reason: string | null): Ended {
  return { requestId, sessionId, cpId, status, reason }
}

function newest(all: Ended[]): Ended[] {
  const seen = new Set<string>()
  return all.filter(({ requestId }) => !seen.has(requestId) && seen.add(requestId)).slice(0, REMEMBERED)
}
