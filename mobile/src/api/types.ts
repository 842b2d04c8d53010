/** What drivers ask of Central and are told, made from OpenAPI by tools/docs/app_types.py.
 *  Times are ISO 8601 in UTC, energy is kWh, power is kW; money is euros, or micro-euro where a price has lines. */

/** Whether people have to sign in, and who has. `needs_setup`: nobody can yet, since there is no administrator. `lab`: all of the network runs in this process, and there is a lab for it. `payments`: sessions are paid; `simulated_cards`: the numbers of cards for tests are taken; `hold_limit_cents`: what is held at once at most. */
export interface AccessView {
  mode: Mode
  needs_setup: boolean
  lab: boolean
  payments: boolean
  simulated_cards: boolean
  hold_limit_cents: number | null
  who: WhoView | null
}

/** What an account is for. */
export type AccountRole = 'admin' | 'auditor' | 'driver' | 'operator' | 'viewer'

/** A person who may sign in. Without a password only a link lets in. */
export interface AccountView {
  account_id: string
  name: string
  role: AccountRole
  created_at: string
  disabled_at: string | null
  has_password: boolean
}

/** The kind of an actor. LOCAL: anyone who can reach this machine, where nobody signs in. MACHINE: a program with a machine key. POINT: a charging point with its own key. SYSTEM: Central itself, or a command beside it. */
export type ActorKind = 'driver' | 'local' | 'machine' | 'person' | 'point' | 'system'

/** Who did something, and by which way. */
export interface ActorView {
  kind: string
  id: string
  via: string
  role: string | null
}

/** What a charging point is, as the engine lives it and as Central shows it. */
export type CPState = 'ACTIVATED' | 'DISCONNECTED' | 'FAULT' | 'STOPPED' | 'SUPPLYING'

/** The times that are reserved at a point, in their order. */
export interface Calendar {
  cp_id: string
  items: TakenTime[]
}

/** A card that a driver adds: its number and last month where cards are simulated, or what stands for it with the provider. */
export interface CardBody {
  number?: string | null
  expires?: string | null
  payment_method?: string | null
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

/** The charge that a driver asks for at a point. */
export interface Charge {
  kwh?: number | null
  minutes?: number | null
  card_id?: string | null
  cp_id: string
}

/** The charge that a driver asks for; `kwh` ends it once so much has flowed, `minutes` once that time is over. */
export interface ChargeAtSite {
  kwh?: number | null
  minutes?: number | null
  card_id?: string | null
}

/** A place on the Earth, in degrees of WGS 84. */
export interface Coordinates {
  latitude: number
  longitude: number
}

/** What was paid back, by a credit note with a number of its own. */
export interface CreditNoteView {
  number: string | null
  at: string
  cents: number
}

/** The key that proves what a driver says on the bus, which is shown to nobody else. */
export interface DriverKeyView {
  kind: string
  id: string
  version: number
  key: string
}

/** Prices, and when they count: of each component the first element counts that has a price for it and holds. A session costs `session_micro_euros` once, by how things stand when it begins; energy is priced by the kWh, time by the minute or by the hour. `local_from` until before `local_to`: a time of day in the tariff's zone; from a later to an earlier one it goes over midnight, and 00:00 at the end is midnight. `from_date` until before `until_date`. From each `min` on it holds, and from each `max` on no more: energy so far, seconds since the session began, watts that flow. */
export interface Element {
  session_micro_euros?: number | null
  energy_micro_euros_per_kwh?: number | null
  charging_micro_euros_per_minute?: number | null
  charging_micro_euros_per_hour?: number | null
  idle_micro_euros_per_minute?: number | null
  idle_micro_euros_per_hour?: number | null
  local_from?: string | null
  local_to?: string | null
  weekdays?: ('FRIDAY' | 'MONDAY' | 'SATURDAY' | 'SUNDAY' | 'THURSDAY' | 'TUESDAY' | 'WEDNESDAY')[]
  from_date?: string | null
  until_date?: string | null
  min_mwh?: number | null
  max_mwh?: number | null
  min_s?: number | null
  max_s?: number | null
  min_w?: number | null
  max_w?: number | null
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

/** Nothing was said for some seconds, and Central is there. */
export interface HeartbeatFrame {
  type: 'heartbeat'
  ts: string
}

/** The most that a point may give: mA on each phase, or W in all, or both. 0 pauses what runs there. */
export interface Limit {
  milliamperes?: number | null
  watts?: number | null
}

/** An app signs somebody in. */
export interface LoginBody {
  name: string
  password: string
  cookie?: boolean
}

/** Who asks, and what that one may do; the account is that of a person. */
export interface MeView {
  actor: ActorView
  account: AccountView | null
  permissions: Permission[]
}

/** Whether a credential is needed. OPEN: it is not, and whoever reaches this machine may do everything. SECURE: it is, and nobody may do anything without one. */
export type Mode = 'open' | 'secure'

/** A driver who has just made an account, and is signed in. */
export interface NewDriver {
  account: AccountView
  tokens: TokensView
}

/** Some points, and where the next ones begin. */
export interface OfferedPage {
  items: OfferedPoint[]
  next: string | null
}

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

/** Some sites, and where the next ones begin. */
export interface OfferedSitePage {
  items: OfferedSite[]
  next: string | null
}

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

/** What it is called, how much its battery holds, and with how much power it charges at most. */
export interface OwnVehicle {
  name: string
  battery_kwh: number
  kw: number
}

/** How it was paid: what stands for the card (`method`), and what was held, captured, refunded and is still owed, in whole cents. */
export interface PaidView {
  method: string
  state: string
  held_cents: number
  captured_cents: number
  refunded_cents: number
  owed_cents: number
  credit_notes: CreditNoteView[]
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

/** What somebody may do. A machine key is given some of these as its scopes. */
export type Permission = 'alerts:write' | 'audit:read' | 'bills:write' | 'ledger:read' | 'metrics:read' | 'network:read' | 'offer:read' | 'orders:write' | 'own:write' | 'people:read' | 'people:write' | 'point:report' | 'points:write' | 'prices:write'

/** The tariff of a point, before VAT; where it has none, its single price counts. `euros_per_kwh` is that price, or the tariff's first one of energy. `by` says why it counts: it is the point's own, or the point or its site names it; `tariff_id` is what the point names. */
export interface PointTariff {
  cp_id: string
  euros_per_kwh: number
  by: 'own' | 'point' | 'site' | null
  tariff_id: string | null
  tariff: Tariff | null
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
  element?: number | null
  quantity?: number
  unit_micro_euros?: number
  per?: number
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

/** Requests at a site that have not come to their end, in the order in which they are served. */
export interface Queue {
  items: QueueEntryView[]
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
  tariff?: string | null
  kwh?: number | null
  minutes?: number | null
  price?: Price | null
  unit_prices?: PriceLine[]
  vat_permille?: number
}

/** A line: exact, in whole micro-euro before VAT, and as people read it. `quantity` is in sessions, mWh or microseconds, of which `per` cost `unit_micro_euros`; a line that keeps a limit has neither. */
export interface ReceiptLine {
  name: string
  component: string
  element: number | null
  quantity: number
  quantity_text: string
  unit_micro_euros: number
  per: number
  unit_price_text: string
  micro_euros: number
}

/** What the meter showed when the session began, where its price might change, and when it ended; `kwh` is what had been delivered by then. */
export interface ReceiptReading {
  at: string
  what: 'first' | 'last' | 'mark'
  register_kwh: number
  kwh: number
}

/** What a session cost, by lines that add up: `net`, `vat` and `gross` in micro-euro. It charged from `started_at` to `ended_at`, and was plugged in until `unplugged_at`, where that was later. Of the point, what is known of it now; without a `tariff` a single price of energy was all. One that was resolved by hand has no readings. Where payments are asked for it has a `number`, one after another in each year, and says how it was `paid`. */
export interface ReceiptView {
  session_id: string
  driver_id: string
  cp_id: string
  location: string
  station_id: string | null
  site_id: string | null
  tariff: string | null
  started_at: string
  ended_at: string
  unplugged_at: string | null
  ended_by: string
  kwh: number
  readings: ReceiptReading[]
  lines: ReceiptLine[]
  net: number
  vat_permille: number
  vat: number
  gross: number
  euros: number
  settled: ResolvedView | null
  reservation_id: string | null
  number: string | null
  paid: PaidView | null
}

/** A refresh token, where it is not in the cookie. */
export interface RefreshBody {
  refresh_token?: string | null
}

/** A driver makes an account; without a `driver_id` one is made up. */
export interface RegisterBody {
  name: string
  password: string
  driver_id?: string | null
  cookie?: boolean
}

/** Some requests, and where the next ones begin. */
export interface RequestPage {
  items: RequestView[]
  next: string | null
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

/** What somebody books: a point, or any point of a site, from a moment until before another, with their zones. */
export interface ReservationBody {
  cp_id?: string | null
  site_id?: string | null
  driver_id?: string | null
  from: string
  to: string
  card_id?: string | null
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

/** Some sessions, and where the next ones begin. */
export interface SessionPage {
  items: SessionView[]
  next: string | null
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

/** Somebody uses a link: the first administrator makes an account, or a person sets a new password. */
export interface SetupBody {
  token: string
  name: string
  password: string
}

/** Who has just signed in at the console; the cookie comes with it. */
export interface SignedIn {
  account: AccountView
}

/** The tariff that a site names, and the version that is in force now. */
export interface SiteTariffView {
  site_id: string
  tariff_id: string | null
  tariff: Tariff | null
}

/** What lets one WebSocket in, as its subprotocol `ticket.` and this. */
export interface SocketTicket {
  ticket: string
  expires_in: number
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
  version_id?: string
  zone: string
  elements: Element[]
  idle_grace_s?: number
  idle_cap_micro_euros?: number | null
  least_micro_euros?: number
  most_micro_euros?: number | null
  vat_permille?: number
  late_cancel_micro_euros?: number
  no_show_micro_euros?: number
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
  tariff?: string | null
  price?: Price | null
  unplugged_at?: string | null
}

/** Some tickets, and where the next ones begin. */
export interface TicketPage {
  items: TicketView[]
  next: string | null
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

/** What an app needs to ask for somebody. The refresh token counts once; it is null where a cookie has it. */
export interface TokensView {
  access_token: string
  token_type: 'Bearer'
  expires_in: number
  refresh_token: string | null
  account: AccountView
}

/** How a request stands, as its driver is told. ACCEPTED: it has a session. IN_PROGRESS: the session goes on. COMPLETED: it ended well; FAILED: it did not. DENIED: there is no session. */
export type UpdateStatus = 'ACCEPTED' | 'COMPLETED' | 'DENIED' | 'FAILED' | 'IN_PROGRESS'

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

/** The vehicles that a driver keeps on the account. */
export interface VehiclesView {
  items: OwnVehicle[]
}

/** Who is signed in. */
export interface WhoView {
  kind: ActorKind
  id: string
  name: string | null
  role: string | null
  permissions: Permission[]
}
