/** What Central shows, made from evcharging/apps/ev_central/views.py by tools/docs/console_types.py.
 *  Times are ISO 8601 in UTC, energy is kWh, power is kW, money is euros. */

/** A point at which an action for all was not done. */
export interface ActionNotDone {
  cp_id: string
  reason: string
}

/** What a charging point is, as the engine lives it and as Central shows it. */
export type CPState = 'ACTIVATED' | 'DISCONNECTED' | 'FAULT' | 'STOPPED' | 'SUPPLYING'

/** What is new since the frame before; `gone` are points that were retired. */
export interface ChangesFrame {
  type: 'changes'
  ts: string
  points: PointView[]
  gone: string[]
  telemetry: ReadingView[]
  messages: NoticeView[]
  totals: TotalsView
}

/** What came of an action for all points. */
export interface DoneForAll {
  done: number
  failed: ActionNotDone[]
}

/** What a driver asked for and was billed, in all. */
export interface DriverView {
  driver_id: string
  requests: number
  tickets: number
  kwh: number
  euros: number
}

/** Prices, and when they count, as people write them: an unknown field is refused. */
export interface ElementBody {
  session_micro_euros: number | null
  energy_micro_euros_per_kwh: number | null
  charging_micro_euros_per_minute: number | null
  charging_micro_euros_per_hour: number | null
  idle_micro_euros_per_minute: number | null
  idle_micro_euros_per_hour: number | null
  local_from: string | null
  local_to: string | null
  weekdays: 'FRIDAY' | 'MONDAY' | 'SATURDAY' | 'SUNDAY' | 'THURSDAY' | 'TUESDAY' | 'WEDNESDAY'[]
  from_date: string | null
  until_date: string | null
  min_mwh: number | null
  max_mwh: number | null
  min_s: number | null
  max_s: number | null
  min_w: number | null
  max_w: number | null
}

/** How Central is; while it works, `reason` says what an operator should know nevertheless. */
export interface Health {
  status: 'failing' | 'ok'
  reason: string | null
  version: string
  points: number
  tcp_port: number
  uptime_s: number
}

/** Whether all is well, and if not, why. */
export interface HealthVerdict {
  status: 'failing' | 'ok'
  reason: string | null
}

/** The most that a point may give: mA on each phase, or W in all, or both. 0 pauses what runs there. */
export interface Limit {
  milliamperes: number | null
  watts: number | null
}

/** The most that a point may give: milliamperes on each phase, or watts in all, or both; 0 pauses. An unknown field is refused. */
export interface LimitBody {
  milliamperes: number | null
  watts: number | null
}

/** What a meter said: `context` is OCPP's word for why. `register_kwh` is `Energy.Active.Import.Register`, `kwh` what the session had got by then; the power is known of samples. */
export interface MeterValueView {
  at: string
  context: 'Sample.Clock' | 'Transaction.Begin' | 'Transaction.End'
  register_kwh: number
  kwh: number
  kw: number | null
}

/** A system message. */
export interface NoticeView {
  notice_id: string
  ts: string
  level: 'error' | 'info' | 'warning'
  cp_id: string | null
  text: string
  code: string | null
  session_id: string | null
  detail: string | null
}

/** A request that was accepted and has not ended. */
export interface OngoingRequest {
  request_id: string
  requested_at: string
  started_at: string | null
  driver_id: string
  cp_id: string
  session_id: string
  status: 'AUTHORISED' | 'IDLE' | 'SUPPLYING'
}

/** How many points of a site are in each state. */
export interface PointCounts {
  ACTIVATED: number
  SUPPLYING: number
  STOPPED: number
  FAULT: number
  DISCONNECTED: number
}

/** A charging point as Central shows it. `free`: a driver may ask for it now. `limit`: what it may give at most, and `is_limited` whether its engine keeps to that. `occupied`: the vehicle of the last charge is still plugged in. */
export interface PointView {
  cp_id: string
  station_id: string | null
  site_id: string | null
  location: string
  euros_per_kwh: number
  kw_rate: number
  state: CPState
  free: boolean
  since: string
  reason: string | null
  last_seen: string | null
  stopped: boolean
  manual: boolean
  plugged: boolean
  occupied: boolean
  limit: Limit | null
  is_limited: boolean
  session: SessionOfPoint | null
}

/** What is to be paid: the lines, which add up to `net`, the VAT on that, and both together. */
export interface Price {
  lines: PriceLine[]
  net: number
  vat_permille: number
  vat: number
  gross: number
}

/** A part of a price. `element` counts from 1. `quantity` is in sessions, mWh or microseconds, of which `per` cost `unit_micro_euros`; a line that keeps a limit has neither. */
export interface PriceLine {
  component: string
  micro_euros: number
  element: number | null
  quantity: number
  unit_micro_euros: number
  per: number
}

/** What went wrong, in the form of RFC 9457. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  instance: string
}

/** The newest reading of a running supply, or of an idle session. `price` is what it costs so far by the lines of its tariff, in micro-euro, where it has one. */
export interface ReadingView {
  cp_id: string
  kw: number
  euros: number
  price: Price | null
  driver_id: string
  session_id: string
  ts: string
  kwh: number
  register_mwh: number
  read_at: string | null
}

/** The subscription is invalid. The subscription from before stays active. */
export interface RefusedFrame {
  type: 'refused'
  detail: string
}

/** What came of registering many points, and where their monitors open their framed TCP links. */
export interface RegisteredMany {
  done: number
  failed: ActionNotDone[]
  tcp_port: number
}

/** Where the monitor of a registered point opens its framed TCP link. */
export interface RegisteredPoint {
  cp_id: string
  tcp_port: number
  point: PointView
}

/** A driver's request and what was decided. */
export interface RequestView {
  request_id: string
  driver_id: string
  cp_id: string
  kwh: number | null
  minutes: number | null
  requested_at: string
  decision: 'ACCEPTED' | 'DENIED'
  reason: string | null
  session_id: string | null
}

/** What an operator said who settled a suspect session by hand. */
export interface ResolvedView {
  at: string
  by: string
  note: string
}

/** The open session of a charging point. `price` is what it costs so far by the lines of its tariff, in micro-euro, where it has one. `ended_at`: its supply has ended, and its vehicle is still plugged in. */
export interface SessionOfPoint {
  session_id: string
  request_id: string
  driver_id: string
  status: 'AUTHORISED' | 'IDLE' | 'SUPPLYING'
  requested_at: string
  started_at: string | null
  ended_at: string | null
  kw: number
  kwh: number
  euros: number
  price: Price | null
  read_at: string | null
}

/** A session from the ledger. `kwh` is what was delivered: by the engine's figures, or as settled by hand. */
export interface SessionView {
  session_id: string
  request_id: string
  driver_id: string
  cp_id: string
  status: 'AUTHORISED' | 'COMPLETED' | 'FAILED' | 'IDLE' | 'SUPPLYING' | 'SUSPECT'
  euros_per_kwh: number
  requested_at: string
  started_at: string | null
  ended_at: string | null
  register_start_mwh: number | null
  register_stop_mwh: number | null
  kwh: number | null
  ended_by: string | null
  settled: ResolvedView | null
  tariff: string | null
  unplugged_at: string | null
}

/** A site: its points by their state, and what was billed there in all. */
export interface SiteView {
  site_id: string
  points: PointCounts
  sessions: number
  kwh: number
  euros: number
}

/** How things stand: all points, or those that were asked for, and the newest notices. */
export interface SnapshotFrame {
  type: 'snapshot'
  ts: string
  points: PointView[]
  messages: NoticeView[]
  totals: TotalsView
}

/** Which points a viewer wants to hear of; null for all of them. */
export interface SubscribeFrame {
  type: 'subscribe'
  points: string[] | null
}

/** A tariff as people write it: an unknown field is refused, which programs of an earlier version read past. */
export interface TariffBody {
  version_id: string
  zone: string
  elements: ElementBody[]
  idle_grace_s: number
  idle_cap_micro_euros: number | null
  least_micro_euros: number
  most_micro_euros: number | null
  vat_permille: number
  late_cancel_micro_euros: number
  no_show_micro_euros: number
}

/** A bill from the ledger, VAT included. `tariff` is the version by which it was made; `price` has it by lines, in micro-euro, and is null where a single price of energy is all. `unplugged_at`: until when idle time was billed. */
export interface TicketView {
  session_id: string
  driver_id: string
  cp_id: string
  started_at: string
  ended_at: string
  kwh: number
  euros_per_kwh: number
  euros: number
  ended_by: string
  tariff: string | null
  price: Price | null
  unplugged_at: string | null
}

/** All points by their state, those that are free, sessions that go on, and the power that flows. */
export interface TotalsView {
  points: PointCounts
  free: number
  sessions: number
  kw: number
}
