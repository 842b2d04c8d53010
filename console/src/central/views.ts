/** What Central shows, made from evcharging/apps/ev_central/views.py by tools/docs/console_types.py.
 *  Times are ISO 8601 in UTC, energy is kWh, power is kW, money is euros. */

/** What an account is for. */
export type AccountRole = 'admin' | 'auditor' | 'driver' | 'operator' | 'viewer'

/** Somebody has seen an alert. */
export interface AckBody {
  note: string | null
}

/** Who has seen an alert first, and what was noted. */
export interface AcknowledgedView {
  at: string
  by: ActorView | null
  note: string | null
}

/** A point at which an action for all was not done. */
export interface ActionNotDone {
  cp_id: string
  reason: string
}

/** Something that somebody did, or tried to do. `asked`, `before` and `after` are what was asked in particular, and what of the subject changed, by the names of its fields in the ledger. `left_out`: how many refused ones were not noted since the one before, because there were too many. */
export interface ActionView {
  action_id: string
  at: string
  actor: ActorView
  action: string
  subject: string
  request_id: string | null
  asked: Record<string, unknown> | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  refusal: string | null
  left_out: number
}

/** Who did something, and by which way. */
export interface ActorView {
  kind: string
  id: string
  via: string
  role: string | null
}

/** What has come. */
export interface AddedView {
  ids: string[]
}

/** A rule, in a word that does not change. */
export type AlertCode = 'bill_held' | 'capture_waits' | 'fault' | 'idle_long' | 'limit_not_kept' | 'no_readings' | 'offline' | 'overload' | 'payment_difference' | 'reserved_in_vain' | 'unannounced'

/** When alerts of a rule open, and when they close by themselves. */
export interface AlertRuleView {
  rule: AlertCode
  severity: 'error' | 'warning'
  title: string
  text: string
  after_s: number
  closes: string
}

/** How far an alert is. ACKNOWLEDGED: somebody has seen it, and it goes on. CLOSED: what it is about has ended. */
export type AlertState = 'acknowledged' | 'closed' | 'open'

/** An alert from the ledger. `since`: from when on that was so for which it opened. */
export interface AlertView {
  alert_id: string
  rule: AlertCode
  severity: 'error' | 'warning'
  state: AlertState
  cp_id: string
  session_id: string | null
  site_id: string | null
  text: string
  since: string
  opened_at: string
  acknowledged: AcknowledgedView | null
  closed_at: string | null
}

/** All that was ever seen of a payment at its provider. */
export interface AtProvider {
  payment_id: string
  created_at: string
  status: ProviderStatus
  held_cents: number
  captured_cents: number
  refunded_cents: number
  dispute: Dispute | null
  code: string | null
}

/** The result of an audit: how much it read, the number of differences, and a sentence for each of the first ones. `remarks` are no differences, and worth knowing. */
export interface AuditedView {
  facts: number
  sessions: number
  bills: number
  kwh: number
  euros: number
  differences: number
  findings: string[]
  remarks: string[]
}

/** `uptime`: the share of the time that is known in which the point was free, charging or occupied; null where nothing is known. */
export interface AvailabilityView {
  uptime: number | null
  seconds: StateSeconds
}

/** How many parts of each kind were killed, or cut. */
export interface AwayView {
  engines: number
  monitors: number
  links: number
  drivers: number
}

/** A message on the bus, or in a `frame` of a TCP link. `text` is its JSON, without addresses of webhooks and without challenges, nonces and MACs of links; `cut`: only its beginning is shown, of `size` bytes. `kind` and `ts` are null where the message cannot be read; `refusal` is the reason then. `seal` is `holds` or `broken`, and `unchecked` where no proof is asked for, or of a frame with a MAC. `offset` is null on a bus that keeps no offsets, and together with `partition` for a frame. `number` counts the messages shown. */
export interface BusMessageView {
  number: number
  seen_at: string
  topic: string
  partition: number | null
  offset: number | null
  key: string
  kind: string | null
  ts: string | null
  text: string
  size: number
  cut: boolean
  seal: 'broken' | 'holds' | 'none' | 'unchecked'
  refusal: string | null
  frame: FrameView | null
}

/** What passed, the oldest first, and how many messages were left out since the frame before, since at most 50 are shown in a second. */
export interface BusMessagesFrame {
  type: 'messages'
  ts: string
  messages: BusMessageView[]
  left_out: number
}

/** A topic, or where `frames` a kind of TCP link: `key` is the field that keeps order, `volatile` ones may lose messages in a crash. `per_second` is of the last 10 s, and null while nobody looks on; `behind`, how many messages the reader of this Central that is the furthest behind has before it, null where it has no reader. */
export interface BusTopicView {
  name: string
  key: string
  about: string
  kinds: string[]
  volatile: boolean
  frames: boolean
  per_second: number | null
  behind: number | null
}

/** How the topics stand, once a second. */
export interface BusTopicsFrame {
  type: 'topics'
  ts: string
  bus: BusTopicsView
}

/** All topics, each with so many partitions. `shared`: others are on this bus. `watched`: somebody looks on, so that rates are known. `unreadable` and `unbelieved` are what this Central has set aside since it began. */
export interface BusTopicsView {
  partitions: number
  shared: boolean
  watched: boolean
  unreadable: number
  unbelieved: number
  topics: BusTopicView[]
}

/** What bills of a group have in common. */
export type By = 'day' | 'driver' | 'point' | 'site' | 'tariff'

/** What a charging point is, as the engine lives it and as Central shows it. */
export type CPState = 'ACTIVATED' | 'DISCONNECTED' | 'FAULT' | 'STOPPED' | 'SUPPLYING'

/** The times that are reserved at a point, in their order. */
export interface Calendar {
  cp_id: string
  items: TakenTime[]
}

/** All cards of an account, in the order in which they were added. */
export interface CardList {
  items: CardView[]
}

/** A card of a driver's account, as much as may be shown of it. `expires` is its last month. */
export interface CardView {
  card_id: string
  method: string
  brand: string
  last4: string
  expires: string
  has_expired: boolean
  is_default: boolean
  added_at: string
}

/** What is new since the frame before; `gone` are points that were retired. `seq` grows by one with each frame that has points or notices, and not with readings. Who hears of all points has missed something if it grows by more. */
export interface ChangesFrame {
  type: 'changes'
  seq: number
  ts: string
  points: PointView[]
  gone: string[]
  telemetry: ReadingView[]
  messages: NoticeView[]
  totals: TotalsView
}

/** A circuit of a site: what its fuse lets through on each of its phases, and the points that it feeds itself. It is fed by its parent; the main circuit has none. `building_ma`: what it feeds beside points and circuits takes so much at most on each phase, which is counted while no meter says how much. */
export interface Circuit {
  circuit_id: string
  parent: string | null
  limit_ma: number
  phases: ('L1' | 'L2' | 'L3')[]
  points: FedPoint[]
  building_ma: number
}

/** A circuit as people write it. */
export interface CircuitBody {
  circuit_id: string
  parent: string | null
  limit_ma: number
  phases: ('L1' | 'L2' | 'L3')[]
  points: FedPointBody[]
  building_ma: number
}

/** A circuit as it is shown: its limit, what its points may draw at most by all that was granted to them with what its buildings take, and what is measured, in mA on each of its phases. */
export interface CircuitShown {
  circuit_id: string
  parent: string | null
  limit_ma: number
  phases: ('L1' | 'L2' | 'L3')[]
  bound_ma: number[]
  measured_ma: number[]
}

/** All circuits of a site, in any order. */
export interface CircuitTree {
  circuits: Circuit[]
}

/** All circuits of a site, as people write them. */
export interface CircuitTreeBody {
  circuits: CircuitBody[]
}

/** A place on the Earth, in degrees of WGS 84. */
export interface Coordinates {
  latitude: number
  longitude: number
}

/** A place on the Earth as people write it. */
export interface CoordinatesBody {
  latitude: number
  longitude: number
}

/** How far a delivery is. GIVEN_UP: nobody took it in a day. DROPPED: its webhook was disabled or removed. */
export type DeliveryState = 'delivered' | 'dropped' | 'given_up' | 'pending'

/** What a webhook is told once, under one `webhook-id`. `attempts` are those whose outcome is known; `status` is what the receiver answered to the newest, and `trouble` why it did not. `next_at`: when it is tried next. */
export interface DeliveryView {
  delivery_id: string
  event: string
  alert_id: string | null
  state: DeliveryState
  made_at: string
  attempts: number
  tried_at: string | null
  status: number | null
  trouble: string | null
  next_at: string | null
}

/** How far a cardholder's complaint at the bank is. WON: the money stays ours. */
export type Dispute = 'lost' | 'open' | 'won'

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

/** Prices, and when they count: of each component the first element counts that has a price for it and holds. A session costs `session_micro_euros` once, by how things stand when it begins; energy is priced by the kWh, time by the minute or by the hour. `local_from` until before `local_to`: a time of day in the tariff's zone; from a later to an earlier one it goes over midnight, and 00:00 at the end is midnight. `from_date` until before `until_date`. From each `min` on it holds, and from each `max` on no more: energy so far, seconds since the session began, watts that flow. */
export interface Element {
  session_micro_euros: number | null
  energy_micro_euros_per_kwh: number | null
  charging_micro_euros_per_minute: number | null
  charging_micro_euros_per_hour: number | null
  idle_micro_euros_per_minute: number | null
  idle_micro_euros_per_hour: number | null
  local_from: string | null
  local_to: string | null
  weekdays: ('FRIDAY' | 'MONDAY' | 'SATURDAY' | 'SUNDAY' | 'THURSDAY' | 'TUESDAY' | 'WEDNESDAY')[]
  from_date: string | null
  until_date: string | null
  min_mwh: number | null
  max_mwh: number | null
  min_s: number | null
  max_s: number | null
  min_w: number | null
  max_w: number | null
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
  weekdays: ('FRIDAY' | 'MONDAY' | 'SATURDAY' | 'SUNDAY' | 'THURSDAY' | 'TUESDAY' | 'WEDNESDAY')[]
  from_date: string | null
  until_date: string | null
  min_mwh: number | null
  max_mwh: number | null
  min_s: number | null
  max_s: number | null
  min_w: number | null
  max_w: number | null
}

/** What an entry is about. */
export type EntryKind = 'bill' | 'capture' | 'dispute' | 'fee' | 'refund'

/** An entry of the books: its postings add up to nothing. */
export interface EntryView {
  entry_id: string
  kind: EntryKind
  at: string
  postings: PostingView[]
}

/** What a charge costs that begins then and goes on with the power that the point gives: `price` in micro-euro, by lines, and the version of the `tariff` that is in force then, if there is one. */
export interface EstimateView {
  cp_id: string
  at: string
  kw: number
  kwh: number
  minutes: number
  tariff: string | null
  price: Price
}

/** A field: what it takes, its unit, and the type that it holds, which is explained as well. `default` is what holds without it. */
export interface ExplainedFieldView {
  name: string
  required: boolean
  default: string | null
  what: string
  unit: string | null
  of: string | null
}

/** A message and where it travels, or a type that messages hold; `values` are all that it can be. */
export interface ExplainedView {
  name: string
  topic: string | null
  said: string
  fields: ExplainedFieldView[]
  values: string[]
}

/** A point that a circuit feeds. `phases` is its phase map: to which of the site's phases its own first, second and third are wired; a point of one phase has one. It gives `most_ma` at most on each of them, and, while it hears nothing, its failsafe current: 0, or from 6 A on. Vehicles at a point of a higher `priority` come first, by the strategy of that name. */
export interface FedPoint {
  cp_id: string
  phases: ('L1' | 'L2' | 'L3')[]
  most_ma: number
  failsafe_ma: number
  priority: number
}

/** A point of a circuit, as people write it. */
export interface FedPointBody {
  cp_id: string
  phases: ('L1' | 'L2' | 'L3')[]
  most_ma: number
  failsafe_ma: number
  priority: number
}

/** The frame of a TCP link that carried a message: `sent` by this process, or received, and by which peer's link. */
export interface FrameView {
  sent: boolean
  peer: string
}

/** From one reading that is known to the next: energy and money grow evenly. Without `ends_at` the figures at its begin are the last that are known. */
export interface GrowthView {
  begins_at: string
  ends_at: string | null
  kwh_from: number
  kwh_to: number
  euros_from: number
  euros_to: number
}

/** How Central is; while it works, `reason` says what an operator should know nevertheless. */
export interface Health {
  status: 'failing' | 'ok'
  reason: string | null
  version: string
  points: number
  tcp_port: number
  uptime_s: number
  auth: Mode
}

/** Whether all is well, and if not, why. */
export interface HealthVerdict {
  status: 'failing' | 'ok'
  reason: string | null
}

/** Nothing was said for some seconds, and Central is there. */
export interface HeartbeatFrame {
  type: 'heartbeat'
  ts: string
}

/** What an incident was: a fault, a lost link, an alert that opened, a bill that was held, or a Central that began. */
export type IncidentKind = 'alert' | 'bill_held' | 'central_began' | 'fault' | 'offline'

/** Some incidents, and where the next ones begin. */
export interface IncidentPage {
  items: IncidentView[]
  next: string | null
}

/** Something that somebody may want to look at again. `incident_id` is that of its notice or of its alert. */
export interface IncidentView {
  incident_id: string
  at: string
  kind: IncidentKind
  cp_id: string | null
  session_id: string | null
  text: string
}

/** A key for a program, and what it may do. */
export interface KeyBody {
  label: string
  scopes: Permission[]
  expires_at: string | null
}

/** Some drivers, and the ID behind which the next ones begin. */
export interface LabDriverPage {
  items: LabDriverView[]
  next: string | null
}

/** A driver of this run. `asks_at`: the point that is asked for, or charged at. */
export interface LabDriverView {
  driver_id: string
  state: PartState
  asks_at: string | null
}

/** Some points, and the ID behind which the next ones begin. */
export interface LabPointPage {
  items: LabPointView[]
  next: string | null
}

/** A point of this run: its engine, its monitor, and the monitor's link to Central. */
export interface LabPointView {
  cp_id: string
  engine: PartState
  monitor: PartState
  link: PartState
  kw: number
}

/** The network of this process. `speed`: seconds of it in each real one. `manual`: vehicles are plugged in by hand. `most_points`, `most_drivers`: how many there may be. */
export interface LabView {
  speed: number
  manual: boolean
  central: PartState
  points: number
  drivers: number
  most_points: number
  most_drivers: number
  away: AwayView
  scenarios: ScenarioView[]
  play: PlayView | null
}

/** The audit that goes on, and how much of the ledger it has read, from 0 to 1, as far as that is known; and the last one since Central began. */
export interface LedgerAuditsView {
  running_since: string | null
  progress: number | null
  last: PastAuditView | null
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

/** An app signs somebody in. */
export interface LoginBody {
  name: string
  password: string
  cookie: boolean
}

/** What a meter said: `context` is OCPP's word for why. `register_kwh` is `Energy.Active.Import.Register`, `kwh` what the session had got by then; the power is known of samples. */
export interface MeterValueView {
  at: string
  context: 'Sample.Clock' | 'Transaction.Begin' | 'Transaction.End'
  register_kwh: number
  kwh: number
  kw: number | null
}

/** Whether a credential is needed. OPEN: it is not, and whoever reaches this machine may do everything. SECURE: it is, and nobody may do anything without one. */
export type Mode = 'open' | 'secure'

/** Drivers who are to come. `interval_s`: seconds of the network from the end of a charge to the next request. */
export interface NewDriversBody {
  count: number
  interval_s: number
  cp_id: string | null
}

/** Points that are to come. What is left out is as the network was started with. */
export interface NewPointsBody {
  count: number
  site_id: string | null
  kw: number | null
  euros_per_kwh: number | null
}

/** A vehicle that is to come: its battery, the percentage of it that is full, and the most kW that it takes. */
export interface NewVehicleBody {
  battery_kwh: number
  charge_percent: number
  kw: number
}

/** A webhook that was added, and its secret, which is shown this once. */
export interface NewWebhook {
  webhook: WebhookView
  secret: string
}

/** What happened, in a word that does not change. */
export type NoticeCode = 'central_ok' | 'point_registered' | 'point_retired' | 'point_online' | 'point_offline' | 'point_faulty' | 'point_stopped' | 'point_in_service' | 'run_forgotten' | 'run_ahead' | 'readings_rejected' | 'final_reading_rejected' | 'bill_held' | 'bill_resolved' | 'reservation_failed'

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

/** What is told of each span. */
export type Of = 'energy' | 'power' | 'revenue' | 'sessions'

/** A charging point as drivers see it: not who charges there. `free`: a driver may ask for it now. */
export interface OfferedPoint {
  cp_id: string
  station_id: string | null
  site_id: string | null
  location: string
  euros_per_kwh: number
  kw_rate: number
  state: CPState
  free: boolean
  occupied: boolean
}

/** A site as drivers see it: where it is, how many of its points are `free`, how many drivers are `waiting`, its lowest price of energy and its highest power. */
export interface OfferedSite {
  site_id: string
  name: string
  address: string
  coordinates: Coordinates | null
  points: number
  free: number
  waiting: number
  euros_per_kwh: number | null
  kw_rate: number | null
}

/** A request that was accepted and has not ended. */
export interface OngoingRequest {
  request_id: string
  requested_at: string
  started_at: string | null
  driver_id: string
  cp_id: string
  session_id: string
  status: 'AUTHORISED' | 'HOLDING' | 'IDLE' | 'SUPPLYING'
}

/** What a provider is asked to do. */
export type OperationKind = 'authorize' | 'capture' | 'increment' | 'refund' | 'void'

/** A payment as its driver sees it. */
export interface OwnPayment {
  state: PaymentState
  held_cents: number
  captured_cents: number
  refunded_cents: number
  due_cents: number | null
  owed_cents: number
  code: string | null
  session_id: string
  cp_id: string
  asked_at: string
}

/** Some payments of a driver, and where the next ones begin. */
export interface OwnPaymentPage {
  items: OwnPayment[]
  next: string | null
}

/** How a request at a site stands: QUEUED, with its place; OFFERED, a point is kept `until` then for its driver to answer; or how it ended without a session. */
export interface OwnQueueFrame {
  type: 'queue'
  ts: string
  request_id: string
  site_id: string
  status: QueueStatus
  place: number | null
  waiting: number | null
  expected_at: string | null
  cp_id: string | null
  until: string | null
  reason: string | null
}

/** A charge that was asked for. `session_id` is null as long as its point has not decided; `quote`, what it will cost, is null then too, and where that was decided before. */
export interface OwnRequest {
  request_id: string
  session_id: string | null
  quote: Quote | null
}

/** How a reservation of the driver stands; one that was REFUSED at a site has no point. */
export interface OwnReservationFrame {
  type: 'reservation'
  ts: string
  request_id: string
  reservation_id: string
  cp_id: string | null
  site_id: string | null
  begins_at: string
  ends_at: string
  status: ReservationStatus
  late_cancel_euros: number
  no_show_euros: number
  euros: number
  moved_to: string | null
  reason: string | null
}

/** A session of the driver's that goes on, with its newest reading. `price` is what it costs so far by the lines of its tariff, in micro-euro, where it has one. `ended_at`: its supply has ended, and its vehicle is still plugged in. */
export interface OwnSession {
  session_id: string
  request_id: string
  cp_id: string
  status: 'AUTHORISED' | 'HOLDING' | 'IDLE' | 'SUPPLYING'
  requested_at: string
  started_at: string | null
  ended_at: string | null
  kw: number
  kwh: number
  euros: number
  price: Price | null
  read_at: string | null
}

/** A charge that was asked for at a site. Without a `status` nothing is known of it yet; once a point has accepted it, `session_id` names the session, and `quote` says what it will cost. */
export interface OwnSiteRequest {
  request_id: string
  site_id: string
  status: QueueStatus | null
  place: number | null
  waiting: number | null
  expected_at: string | null
  cp_id: string | null
  until: string | null
  session_id: string | null
  quote: Quote | null
}

/** How things stand for a driver: sessions that go on, requests that wait at sites, and the newest ticket. */
export interface OwnSnapshotFrame {
  type: 'snapshot'
  ts: string
  sessions: OwnSession[]
  queue: QueueEntryView[]
  ticket: TicketView | null
}

/** What the driver is told of a request: ACCEPTED, with what it will cost; IN_PROGRESS, with each reading; and at the end COMPLETED, FAILED or DENIED. */
export interface OwnUpdateFrame {
  type: 'update'
  ts: string
  request_id: string
  cp_id: string
  status: UpdateStatus
  session_id: string | null
  kw: number
  kwh: number
  euros: number
  reason: string | null
  ticket: Ticket | null
  quote: Quote | null
  ends_by: string | null
}

/** How a part is. LOST: the link should be open, and is not. */
export type PartState = 'cut' | 'killed' | 'lost' | 'running'

/** An audit that has ended; `problem` says why there was none. */
export interface PastAuditView {
  began_at: string
  ended_at: string
  seen: AuditedView | null
  problem: string | null
}

/** How a point was. OCCUPIED: somebody had it, but nothing flowed. UNKNOWN: the ledger does not say. */
export type PastState = 'charging' | 'faulty' | 'free' | 'occupied' | 'offline' | 'stopped' | 'unknown'

/** A payment with what the provider has of it, what is under way, its refunds and its entries in the books. `reference`: what the provider knows it by, which is the session that it was first held for. */
export interface PaymentDetails {
  state: PaymentState
  held_cents: number
  captured_cents: number
  refunded_cents: number
  due_cents: number | null
  owed_cents: number
  code: string | null
  session_id: string
  cp_id: string
  asked_at: string
  driver_id: string
  method: string
  payment_id: string | null
  reference: string
  known: AtProvider | null
  operation: UnderWay | null
  refunds: RefundView[]
  entries: EntryView[]
}

/** Some payments, and where the next ones begin. */
export interface PaymentPage {
  items: PaymentView[]
  next: string | null
}

/** How a payment stands. UNKNOWN: nobody knows yet whether there is a hold. PASSED_ON: its hold is another session's now. */
export type PaymentState = 'captured' | 'capturing' | 'declined' | 'disputed' | 'held' | 'lost' | 'part_refunded' | 'passed_on' | 'refunded' | 'refunding' | 'requested' | 'unknown' | 'voided' | 'voiding' | 'won'

/** How a payment stands. `due_cents`: what was billed; `owed_cents`: what of that was not captured. */
export interface PaymentSums {
  state: PaymentState
  held_cents: number
  captured_cents: number
  refunded_cents: number
  due_cents: number | null
  owed_cents: number
  code: string | null
}

/** A payment. `session_id` is the session's that it pays, or the reservation's whose fee it is. */
export interface PaymentView {
  state: PaymentState
  held_cents: number
  captured_cents: number
  refunded_cents: number
  due_cents: number | null
  owed_cents: number
  code: string | null
  session_id: string
  cp_id: string
  asked_at: string
  driver_id: string
  method: string
  payment_id: string | null
}

/** What somebody may do. A machine key is given some of these as its scopes. */
export type Permission = 'alerts:write' | 'audit:read' | 'bills:write' | 'ledger:read' | 'metrics:read' | 'network:read' | 'offer:read' | 'orders:write' | 'own:write' | 'people:read' | 'people:write' | 'point:report' | 'points:write' | 'prices:write'

/** Where a charging point stands in the plan of its site: metres to the right of the upper left corner and below it, and how it is turned. */
export interface PlacedPoint {
  cp_id: string
  x_m: number
  y_m: number
  angle: number
}

/** Where a point stands, as people write it. */
export interface PlacedPointBody {
  cp_id: string
  x_m: number
  y_m: number
  angle: number
}

/** The scenario that goes on; `step` of its `steps` are done. */
export interface PlayView {
  scenario_id: string
  began_at: string
  ends_at: string
  step: number
  steps: number
}

/** How many points of a site are in each state. */
export interface PointCounts {
  ACTIVATED: number
  SUPPLYING: number
  STOPPED: number
  FAULT: number
  DISCONNECTED: number
}

/** A point of a circuit as it is shown: what its vehicle wants, is granted and draws, in mA on each of so many phases, what it may draw at most by any grant, and why it has less than it wants, where nobody takes turns or waits. */
export interface PointPowerShown {
  cp_id: string
  circuit_id: string
  most_ma: number
  wanted_ma: number
  granted_ma: number
  bound_ma: number
  measured_ma: number
  phases: number
  why: string | null
}

/** The tariff of a point, before VAT; where it has none, its single price counts. `euros_per_kwh` is that price, or the tariff's first one of energy. `by` says why it counts: it is the point's own, or the point or its site names it; `tariff_id` is what the point names. */
export interface PointTariff {
  cp_id: string
  euros_per_kwh: number
  by: 'own' | 'point' | 'site' | null
  tariff_id: string | null
  tariff: Tariff | null
}

/** A charging point as it was. `state` and `since` are null where the ledger does not say, and the price is where it was the one that its engine announced. `free`: a driver could ask for it, as far as is known. */
export interface PointThenView {
  cp_id: string
  station_id: string
  site_id: string | null
  location: string
  euros_per_kwh: number | null
  state: CPState | null
  free: boolean
  since: string | null
  reason: string | null
  limit: Limit | null
  session: SessionThenView | null
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
  held_until: string | null
  reserved_from: string | null
  finishing: boolean
  limit: Limit | null
  is_limited: boolean
  session: SessionOfPoint | null
}

/** An amount in an account: debit above 0, credit below. */
export interface PostingView {
  account: string
  micro_euros: number
}

/** A tariff to be tried on the sessions that ended from one moment until before another: the last week, if these are left out. */
export interface PreviewBody {
  tariff: TariffBody
  from: string | null
  to: string | null
}

/** What a tariff would have made of the sessions that were billed: all of the time, or the newest `sessions` of it where they are too many (`is_cut`). `examples` are those that differ most. */
export interface PreviewView {
  from: string
  to: string
  sessions: number
  is_cut: boolean
  kwh: number
  billed: number
  would_be: number
  dearer: number
  cheaper: number
  examples: PreviewedSession[]
}

/** A session that was billed: what for, and what it would have cost, by lines. `price` is what it cost by lines, and null where a single price was all. */
export interface PreviewedSession {
  session_id: string
  cp_id: string
  driver_id: string
  started_at: string
  ended_at: string
  kwh: number
  tariff: string | null
  billed: number
  price: Price | null
  would_be: Price
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

/** What a problem is called. */
export type ProblemCode = 'forbidden' | 'foreign_page' | 'invalid' | 'last_administrator' | 'mistake' | 'name_taken' | 'not_available' | 'not_decided' | 'not_enrolled' | 'not_json' | 'overtaken' | 'refused' | 'too_large' | 'too_many_attempts' | 'unknown_account' | 'unknown_host' | 'unknown_key' | 'unknown_point' | 'unknown_resource' | 'unknown_session' | 'unknown_site'

/** How a payment stands with the provider. DECLINED: nothing was ever held. VOIDED: the hold was released, by us or as it was too old. */
export type ProviderStatus = 'captured' | 'declined' | 'held' | 'voided'

/** The next version of a tariff, as people write it: from when on it counts; from now on, if that is left out. The server numbers the versions: a `version_id` in the tariff counts for nothing. */
export interface PublicationBody {
  tariff_id: string
  from: string | null
  tariff: TariffBody
}

/** A request at a site, as it stands: who asked for how much, which point it has, and how it ended. */
export interface QueueEntryView {
  request_id: string
  site_id: string
  driver_id: string
  asked_at: string
  status: QueueStatus
  kwh: number | null
  minutes: number | null
  cp_id: string | null
  until: string | null
  session_id: string | null
  ended_at: string | null
  reason: string | null
}

/** How a request at a site stands. QUEUED: it waits. HOLDING: a point is asked to be kept for it. OFFERED: that is kept, and its driver has to answer. STARTING: a point is asked to begin. SERVED: it has a session. DENIED, LEFT, EXPIRED: it has none; the site refused it, its driver left, or an answer or a point did not come in time. */
export type QueueStatus = 'DENIED' | 'EXPIRED' | 'HOLDING' | 'LEFT' | 'OFFERED' | 'QUEUED' | 'SERVED' | 'STARTING'

/** What a charge will cost, said before it begins. `price` is an estimate for the energy or the time that is wanted, with the power that the point gives now; null where neither is, or nobody can say. `unit_prices`: what each unit of the tariff costs, before VAT; such lines have no quantity. Without a `tariff` it is the single price of the point. */
export interface Quote {
  tariff: string | null
  kwh: number | null
  minutes: number | null
  price: Price | null
  unit_prices: PriceLine[]
  vat_permille: number
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

/** Of which of its points a viewer wants readings; null for all of them. Points and notices come as before. */
export interface ReadingsFrame {
  type: 'readings'
  points: string[] | null
}

/** A refresh token, where it is not in the cookie. */
export interface RefreshBody {
  refresh_token: string | null
}

/** What an operator had paid back, and why. */
export interface RefundView {
  request_id: string
  cents: number
  at: string
  note: string
  actor: ActorView | null
}

/** The subscription is invalid. The subscription from before stays active. */
export interface RefusedFrame {
  type: 'refused'
  detail: string
}

/** A driver makes an account; without a `driver_id` one is made up. */
export interface RegisterBody {
  name: string
  password: string
  driver_id: string | null
  cookie: boolean
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

/** From a moment on `point` stood so; or the point `gone` was in the network no more; or `message` was said. */
export interface ReplayChangeView {
  at: string
  point: PointThenView | null
  gone: string | null
  message: NoticeView | null
}

/** What changed after `begins_at` and until `ends_at`, in order, and where the next ones begin. */
export interface ReplayChangesPage {
  begins_at: string
  ends_at: string
  items: ReplayChangeView[]
  next: string | null
}

/** The network as it was at a moment, with the newest 50 notices until then. `ledger_begins_at`: before, nothing is known. */
export interface ReplayView {
  at: string
  ledger_begins_at: string
  points: PointThenView[]
  totals: TotalsThenView
  messages: NoticeView[]
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

/** Some reservations, and where the next ones begin. */
export interface ReservationPage {
  items: ReservationView[]
  next: string | null
}

/** How a reservation stands. BOOKED: its time is to come. HELD: its point is kept for its driver. USED: energy has flowed for its driver. CANCELLED, NO_SHOW: by its driver, and because nobody came. MOVED: to another point of the site. FAILED: its point could not serve. REFUSED: it was never booked. */
export type ReservationStatus = 'BOOKED' | 'CANCELLED' | 'FAILED' | 'HELD' | 'MOVED' | 'NO_SHOW' | 'REFUSED' | 'USED'

/** A reservation as it stands. `request_id` is what it was asked for by. The fees are with VAT: what it costs to cancel late, and not to come; `euros` is what was billed. Of one that was moved, `moved_to` names the other one. */
export interface ReservationView {
  reservation_id: string
  request_id: string
  driver_id: string
  cp_id: string
  site_id: string | null
  is_any_point: boolean
  begins_at: string
  ends_at: string
  booked_at: string
  status: ReservationStatus
  late_cancel_euros: number
  no_show_euros: number
  euros: number
  session_id: string | null
  moved_to: string | null
  ended_at: string | null
  reason: string | null
}

/** What an operator said who settled a suspect session by hand. */
export interface ResolvedView {
  at: string
  by: string
  note: string
}

/** Bills of one day, site, point, tariff or driver; null for those without one. */
export interface RevenueGroup {
  sessions: number
  kwh: number
  euros: number
  vat: VatView | null
  value: string | null
}

/** What some bills come to, in euros with VAT; `vat` is null where it was not asked of the bills themselves, or none of them is by a tariff. */
export interface RevenueSums {
  sessions: number
  kwh: number
  euros: number
  vat: VatView | null
}

/** The revenue of the time from `begins_at` until `ends_at`, in UTC: the `total` of all groups, how many `groups` there are, and the first of them, days in their order and anything else with the most money first. Sessions and money count when sessions ended. Energy counts then too, but by day and by site when it flowed. */
export interface RevenueView {
  by: By
  begins_at: string
  ends_at: string
  total: RevenueSums
  groups: number
  items: RevenueGroup[]
}

/** Something that can be played: what it is called, what it does, and how long that takes, in seconds of the network. */
export interface ScenarioView {
  scenario_id: string
  title: string
  text: string
  seconds: number
}

/** Spans in order, those in which nothing was with 0. `of` energy is in kWh, power in kW in the mean, sessions are those that ended, revenue is in euros. By the hour and the day, energy counts once its session is billed; by the minute, at once. */
export interface SeriesView {
  of: Of
  step: Step
  spans: SpanView[]
}

/** Somebody signs in at the console. */
export interface SessionBody {
  name: string
  password: string
}

/** A session, and how it is paid, where it is. */
export interface SessionDetails {
  session_id: string
  request_id: string
  driver_id: string
  cp_id: string
  status: 'AUTHORISED' | 'COMPLETED' | 'FAILED' | 'HOLDING' | 'IDLE' | 'SUPPLYING' | 'SUSPECT'
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
  payment: PaymentSums | null
}

/** The open session of a charging point. `price` is what it costs so far by the lines of its tariff, in micro-euro, where it has one. `ended_at`: its supply has ended, and its vehicle is still plugged in. */
export interface SessionOfPoint {
  session_id: string
  request_id: string
  driver_id: string
  status: 'AUTHORISED' | 'HOLDING' | 'IDLE' | 'SUPPLYING'
  requested_at: string
  started_at: string | null
  ended_at: string | null
  kw: number
  kwh: number
  euros: number
  price: Price | null
  read_at: string | null
}

/** The session that a point had. `kw` is the mean between two readings, and null after the last one; `kwh` and `euros` are those of the moment that is told, and `growth` says how they go on. */
export interface SessionThenView {
  session_id: string
  request_id: string
  driver_id: string
  status: 'AUTHORISED' | 'HOLDING' | 'IDLE' | 'SUPPLYING'
  requested_at: string
  started_at: string | null
  ended_at: string | null
  kw: number | null
  kwh: number
  euros: number
  growth: GrowthView | null
}

/** A session from the ledger. `kwh` is what was delivered: by the engine's figures, or as settled by hand. */
export interface SessionView {
  session_id: string
  request_id: string
  driver_id: string
  cp_id: string
  status: 'AUTHORISED' | 'COMPLETED' | 'FAILED' | 'HOLDING' | 'IDLE' | 'SUPPLYING' | 'SUSPECT'
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

/** A message that this Central set aside: where it is, why, and how it begins. */
export interface SetAsideView {
  seen_at: string
  topic: string
  partition: number
  offset: number
  refusal: string
  text: string
}

/** The newest ones first, of all that this Central has set aside since it began. */
export interface SetAsidesView {
  all: number
  items: SetAsideView[]
}

/** Somebody uses a link: the first administrator makes an account, or a person sets a new password. */
export interface SetupBody {
  token: string
  name: string
  password: string
}

/** All that is said of a site, as people write it: an unknown field is refused. What is left out is not said any more. */
export interface SiteBody {
  name: string
  address: string
  coordinates: CoordinatesBody | null
  time_zone: string | null
  plan: SitePlanBody | null
  circuits: CircuitTreeBody | null
  strategy: Strategy
}

/** A site with its plan and its circuits, and when an operator described it last. */
export interface SiteDetails {
  site_id: string
  name: string
  address: string
  coordinates: Coordinates | null
  time_zone: string | null
  points: PointCounts
  waiting: number
  sessions: number
  kwh: number
  euros: number
  plan: SitePlan | null
  circuits: CircuitTree | null
  strategy: Strategy
  placed_elsewhere: string[]
  described_at: string | null
}

/** Where the points of a site stand. */
export interface SitePlan {
  points: PlacedPoint[]
}

/** A plan as people write it. */
export interface SitePlanBody {
  points: PlacedPointBody[]
}

/** The power of a site: its circuits, the main one first and each after the one that feeds it, and the points that they feed. Currents are in mA on each phase. */
export interface SitePowerView {
  site_id: string
  as_of: string
  strategy: Strategy
  circuits: CircuitShown[]
  points: PointPowerShown[]
}

/** The tariff that a site names, and the version that is in force now. */
export interface SiteTariffView {
  site_id: string
  tariff_id: string | null
  tariff: Tariff | null
}

/** A site: what it is called and where it is, as far as an operator has said so, its points by their state, requests that wait there, and what was billed there in all. */
export interface SiteView {
  site_id: string
  name: string
  address: string
  coordinates: Coordinates | null
  time_zone: string | null
  points: PointCounts
  waiting: number
  sessions: number
  kwh: number
  euros: number
}

/** How things stand: all points, or those that were asked for, and the newest notices. Who connects again with `?after=STREAM.SEQ` is told what came since, or sent a snapshot if that is not known any more. */
export interface SnapshotFrame {
  type: 'snapshot'
  stream: string
  seq: number
  ts: string
  points: PointView[]
  messages: NoticeView[]
  totals: TotalsView
}

/** One span: when it begins, and what was then. */
export interface SpanView {
  at: string
  value: number
}

/** How long a point was in each state. */
export interface StateSeconds {
  free: number
  charging: number
  occupied: number
  stopped: number
  faulty: number
  offline: number
  unknown: number
}

/** A point was in this state all of the time: `occupied` by a vehicle that nothing flows into, or waiting for one; `unknown` where the ledger does not say. */
export interface StateSpanView {
  state: PastState
  begins_at: string
  ends_at: string
}

/** How a point was, in spans one after the other without a gap. `is_exact`: where there are too many to tell, each span is in the state that lasted longest in it; `availability` is exact all the same. */
export interface StatesView {
  cp_id: string
  begins_at: string
  ends_at: string
  is_exact: boolean
  spans: StateSpanView[]
  availability: AvailabilityView
}

/** The whole network now: points by their state, those that are free, sessions that go on, the power that flows, bills that are held, and open alerts. */
export interface StatsView {
  points: PointCounts
  free: number
  sessions: number
  kw: number
  held: number
  alerts: number
}

/** How long a span is that is added up. */
export type Step = 'day' | 'hour' | 'minute'

/** How the current of a circuit is shared where it is not enough for all. */
export type Strategy = 'edf' | 'equal' | 'fcfs' | 'llf' | 'priority'

/** Which points a viewer wants to hear of; null for all of them. */
export interface SubscribeFrame {
  type: 'subscribe'
  points: string[] | null
}

/** A time at a point that is reserved; whose it is, is for operators and for its driver. */
export interface TakenTime {
  begins_at: string
  ends_at: string
  status: ReservationStatus
  is_own: boolean
  reservation_id: string | null
  driver_id: string | null
}

/** One version of a tariff, which never changes. The time in which a vehicle is plugged in without charging is idle after `idle_grace_s`, and costs at most `idle_cap_micro_euros`; the whole costs from `least_micro_euros` to `most_micro_euros`, before VAT. `late_cancel_micro_euros` and `no_show_micro_euros` are for reservations. */
export interface Tariff {
  version_id: string
  zone: string
  elements: Element[]
  idle_grace_s: number
  idle_cap_micro_euros: number | null
  least_micro_euros: number
  most_micro_euros: number | null
  vat_permille: number
  late_cancel_micro_euros: number
  no_show_micro_euros: number
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

/** The name of a published tariff, as people write it. */
export interface TariffNameBody {
  tariff_id: string
}

/** Some published tariffs, and where the next ones begin. */
export interface TariffPage {
  items: TariffView[]
  next: string | null
}

/** A published version of a tariff. `state`: it is the one in force now, or one that comes later, or a newer one counts instead. */
export interface TariffVersionView {
  tariff_id: string
  version_id: string
  number: number
  state: 'in_force' | 'later' | 'over'
  from: string
  published_at: string
  tariff: Tariff
}

/** A published tariff with its versions, the newest first, and where the next ones begin. */
export interface TariffVersions {
  tariff_id: string
  versions: number
  in_force: string | null
  items: TariffVersionView[]
  next: string | null
}

/** A published tariff: how many versions it has, the one that is in force now, and the newest. */
export interface TariffView {
  tariff_id: string
  versions: number
  in_force: TariffVersionView | null
  newest: TariffVersionView
}

/** The bill of one session, as the driver receives it: energy in kWh, money in euros, VAT included. Where there is a `tariff`, of which this is the version, `price` is the same by lines, in micro-euro, and `euros_per_kwh` is its first price of energy. `unplugged_at`: until when idle time was billed. */
export interface Ticket {
  session_id: string
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

/** A bill from the ledger, VAT included. `tariff` is the version by which it was made; `price` has it by lines, in micro-euro, and is null where a single price of energy is all. `unplugged_at`: until when idle time was billed. The fee of a reservation has no session: its `reservation_id` stands in place of one. */
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
  reservation_id: string | null
}

/** All points by their state, those whose state is not known, those that were free, sessions that went on, and the power that flowed, as far as it is known. */
export interface TotalsThenView {
  points: PointCounts
  unknown: number
  free: number
  sessions: number
  kw: number
}

/** All points by their state, those that are free, sessions that go on, and the power that flows. */
export interface TotalsView {
  points: PointCounts
  free: number
  sessions: number
  kw: number
}

/** What the provider is asked, and has not answered for certain. The key goes along however often it is asked. */
export interface UnderWay {
  key: string
  kind: OperationKind
  cents: number
  ordered_at: string
  attempts: number
  tried_at: string | null
}

/** How a request stands, as its driver is told. ACCEPTED: it has a session. IN_PROGRESS: the session goes on. COMPLETED: it ended well; FAILED: it did not. DENIED: there is no session. */
export type UpdateStatus = 'ACCEPTED' | 'COMPLETED' | 'DENIED' | 'FAILED' | 'IN_PROGRESS'

/** Somebody who is to sign in. A driver's `driver_id` is made up where it is left out. */
export interface UserBody {
  name: string
  role: AccountRole
  driver_id: string | null
}

/** What is to be different; what is left out stays. */
export interface UserChangeBody {
  role: AccountRole | null
  disabled: boolean | null
}

/** The 168 hours of a week, from Monday 0:00 UTC on, over a time. Energy counts once its session is billed. */
export interface UtilisationView {
  begins_at: string
  ends_at: string
  items: WeekHourView[]
}

/** What is known of VAT: of the bills by tariffs, which come to so many euros with it. */
export interface VatView {
  euros: number
  net_euros: number
  vat_euros: number
}

/** A vehicle as a driver describes it. */
export interface VehicleBody {
  name: string
  battery_kwh: number
  kw: number
}

/** All vehicles of a driver. */
export interface VehiclesBody {
  items: VehicleBody[]
}

/** What somebody wants to see from now on: of these topics, or of all where it is null; messages with this text in their key or JSON, in whatever case; none while `paused`. */
export interface WatchFrame {
  type: 'watch'
  topics: string[] | null
  text: string
  paused: boolean
}

/** An address that is to be told of alerts: of all, or of those of some rules. */
export interface WebhookBody {
  url: string
  rules: AlertCode[]
}

/** What is to be different; what is left out stays. */
export interface WebhookChangeBody {
  url: string | null
  rules: AlertCode[] | null
  enabled: boolean | null
}

/** An address that is told of alerts: those of these rules, or all where there are none. Its secret is not among this. */
export interface WebhookView {
  webhook_id: string
  url: string
  rules: AlertCode[]
  enabled: boolean
  added_at: string
  by: ActorView | null
}

/** An hour of the week, in UTC, and how many such `hours` were in the time. `kwh` flowed in them, `kw` in the mean; `share`: of a single point, in how much of the time it supplied. Both are null where there was no such hour. */
export interface WeekHourView {
  weekday: 'FRIDAY' | 'MONDAY' | 'SATURDAY' | 'SUNDAY' | 'THURSDAY' | 'TUESDAY' | 'WEDNESDAY'
  hour: number
  hours: number
  kwh: number
  kw: number | null
  share: number | null
}
