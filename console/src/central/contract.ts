/** What Central says and takes, in the names of its own contract. Knows nothing of the screen. */

import type {
  ChangesFrame, CPState, DoneForAll, NoticeView, PointView as PointNow, ReadingsFrame, ReadingView, RefusedFrame,
  SessionOfPoint, SnapshotFrame, SubscribeFrame,
} from './views.ts'

export type { Limit, Price } from './views.ts'
/** UNKNOWN is said of the past alone. */
export type State = CPState | 'UNKNOWN'
export type Notice = NoticeView

/** Figures of a session; the power of a past moment may be known to nobody. */
export type Session = Omit<SessionOfPoint, 'kw'> & { kw: number | null }
export type Reading = Omit<ReadingView, 'kw'> & { kw: number | null }

/** What of a point nobody may know any more. */
type Forgotten = 'state' | 'since' | 'euros_per_kwh' | 'kw_rate' | 'last_seen' | 'plugged' | 'session'

/** A point as Central shows it, or as it was: null is what nobody knows, and nobody knows when it was last seen then. */
export type PointView = Omit<PointNow, Forgotten> & {
  state: State
  since: string | null
  euros_per_kwh: number | null
  kw_rate: number | null
  last_seen: string | null | undefined
  plugged: boolean | null
  session: Session | null
}
export type EveryoneOutcome = DoneForAll

export type Verb = 'stop' | 'resume' | 'plug' | 'unplug' | 'fault' | 'recover'

/** What Central says of itself beside the points; an answer to a poll has none of it. */
type Told = Pick<SnapshotFrame, 'stream' | 'seq' | 'totals'>

/** Everything; without messages where only the points could be asked for. `ts` is when, by Central's own clock. */
export type Snapshot = Omit<SnapshotFrame, 'points' | 'messages' | keyof Told>
  & Partial<Told>
  & { points: PointView[]; messages: Notice[] | null }

export type Changes = Omit<ChangesFrame, 'points' | 'telemetry'> & { points: PointView[]; telemetry: Reading[] }

export type Frame = Snapshot | Changes

/** What a viewer may ask for over the socket. */
export type Wish = SubscribeFrame | ReadingsFrame

/** All that the socket says. */
export type Said = Frame | RefusedFrame

/** A session that ended with a reading that cannot be true; `kwh` is what its engine says, which may be below 0. */
export interface HeldBill {
  session_id: string
  driver_id: string
  cp_id: string
  euros_per_kwh: number
  ended_at: string
  register_start_mwh: number
  register_stop_mwh: number
  kwh: number
  ended_by: string
  tariff: string | null
}

/** A point as an operator makes it known; what is left out is not said. */
export interface NewPoint {
  cp_id: string
  location?: string
  site_id?: string
  euros_per_kwh?: number
}

/** What an operator says a suspect session delivered; without kWh, what its engine says. */
export interface Resolution {
  kwh?: number
  note: string
}
