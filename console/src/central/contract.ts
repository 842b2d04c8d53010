/** What Central says and takes, in the names of its own contract. Knows nothing of the screen. */

export type State = 'ACTIVATED' | 'SUPPLYING' | 'STOPPED' | 'FAULT' | 'DISCONNECTED'

export type Verb = 'stop' | 'resume' | 'plug' | 'unplug' | 'fault' | 'recover'

/** Times are ISO-8601 UTC, money is euros, energy is kWh, power is kW. */
export interface Session {
  session_id: string
  request_id: string
  driver_id: string
  status: 'AUTHORISED' | 'SUPPLYING'
  started_at: string | null
  requested_at: string
  kw: number
  kwh: number
  euros: number
  /** When Central received these figures, by its own clock. */
  read_at: string | null
}

export interface PointView {
  cp_id: string
  location: string
  euros_per_kwh: number
  kw_rate: number
  state: State
  since: string
  reason: string | null
  last_seen: string | null
  stopped: boolean
  manual: boolean
  plugged: boolean
  session: Session | null
}

export interface Notice {
  notice_id: string | number
  ts: string
  level: 'info' | 'warning' | 'error'
  cp_id: string | null
  text: string
}

export interface Reading {
  cp_id: string
  kw: number
  kwh: number
  euros: number
  ts: string
  read_at: string | null
  session_id?: string
}

/** Everything; without messages where only the points could be asked for. `ts` is when, by Central's own clock. */
export interface Snapshot {
  type: 'snapshot'
  ts: string
  points: PointView[]
  messages: Notice[] | null
}

export interface Changes {
  type: 'changes'
  ts: string
  points: PointView[]
  /** Points that were retired. */
  gone: string[]
  telemetry: Reading[]
  messages: Notice[]
}

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
}

/** What an operator says a suspect session delivered; without kWh, what its engine says. */
export interface Settlement {
  kwh?: number
  note: string
}

export interface EveryoneOutcome {
  done: number
  failed: { cp_id: string; reason: string }[]
}
