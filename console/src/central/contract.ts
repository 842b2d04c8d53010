/** What Central says and takes, in the names of its own contract. Knows nothing of the screen. */

import type {
  ChangesFrame, CPState, DoneForAll, NoticeView, ReadingView, SessionOfPoint, SnapshotFrame,
} from './views.ts'

export type { Limit, PointView, Price } from './views.ts'
export type State = CPState
export type Session = SessionOfPoint
export type Notice = NoticeView
export type Reading = ReadingView
export type EveryoneOutcome = DoneForAll

export type Verb = 'stop' | 'resume' | 'plug' | 'unplug' | 'fault' | 'recover'

/** Everything; without messages where only the points could be asked for. `ts` is when, by Central's own clock. */
export type Snapshot = Omit<SnapshotFrame, 'messages' | 'totals'> & { messages: Notice[] | null }

export type Changes = ChangesFrame

export type Frame = Snapshot | Changes

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
