/** A Central that answers what a test says, in the shapes of OpenAPI, and remembers what it was asked. */
import { Central } from '../src/api/central'
import { Door } from '../src/api/door'
import type {
  AccessView,
  AccountView,
  Calendar,
  CardList,
  CardView,
  EstimateView,
  OfferedPage,
  OfferedPoint,
  OfferedSite,
  OfferedSitePage,
  OwnPayment,
  OwnPaymentPage,
  OwnRequest,
  OwnSiteRequest,
  PointTariff,
  Problem,
  ReceiptView,
  ReservationPage,
  ReservationView,
  SessionDetails,
  SessionView,
  TicketPage,
  TicketView,
  TokensView,
  VehiclesView,
} from '../src/api/types'

export const NOON = '2026-01-01T12:00:00Z'

export const ACCOUNT: AccountView = {
  account_id: 'driver-dora',
  name: 'Dora',
  role: 'driver',
  created_at: NOON,
  disabled_at: null,
  has_password: true,
}

const TOKENS: TokensView = { access_token: 'a', token_type: 'Bearer', expires_in: 600, refresh_token: 'r', account: ACCOUNT }

export const point = (more: Partial<OfferedPoint> = {}): OfferedPoint => ({
  cp_id: 'CP-001',
  station_id: 'CP-001',
  site_id: 'SITE-1',
  location: 'Bay 1',
  euros_per_kwh: 0.3,
  kw_rate: 22,
  state: 'ACTIVATED',
  free: true,
  occupied: false,
  ...more,
})

export const site = (more: Partial<OfferedSite> = {}): OfferedSite => ({
  site_id: 'SITE-1',
  name: 'North car park',
  address: 'Calle Mayor 1',
  coordinates: { latitude: 40.4, longitude: -3.7 },
  points: 2,
  free: 1,
  waiting: 0,
  euros_per_kwh: 0.3,
  kw_rate: 22,
  ...more,
})

export const ticket = (more: Partial<TicketView> = {}): TicketView => ({
  session_id: 'S-1',
  driver_id: 'driver-dora',
  cp_id: 'CP-001',
  started_at: NOON,
  ended_at: '2026-01-01T12:30:00Z',
  kwh: 10,
  euros_per_kwh: 0.3,
  euros: 3,
  ended_by: 'supply complete',
  tariff: null,
  price: null,
  unplugged_at: null,
  reservation_id: null,
  ...more,
})

export const booking = (more: Partial<ReservationView> = {}): ReservationView => ({
  reservation_id: 'B-1',
  request_id: 'B-1',
  driver_id: 'driver-dora',
  cp_id: 'CP-001',
  site_id: 'SITE-1',
  is_any_point: false,
  begins_at: '2099-01-02T12:00:00Z',
  ends_at: '2099-01-02T13:00:00Z',
  booked_at: NOON,
  status: 'BOOKED',
  late_cancel_euros: 0,
  no_show_euros: 0,
  euros: 0,
  session_id: null,
  moved_to: null,
  ended_at: null,
  reason: null,
  ...more,
})

export const RECEIPT: ReceiptView = {
  session_id: 'S-1',
  driver_id: 'driver-dora',
  cp_id: 'CP-001',
  location: 'Bay 1',
  station_id: null,
  site_id: null,
  tariff: 'night-1',
  started_at: NOON,
  ended_at: '2026-01-01T12:30:00Z',
  unplugged_at: null,
  ended_by: 'stopped by the driver',
  kwh: 10,
  readings: [
    { at: NOON, what: 'first', register_kwh: 100, kwh: 0 },
    { at: '2026-01-01T12:30:00Z', what: 'last', register_kwh: 110, kwh: 10 },
  ],
  lines: [
    {
      name: 'Energy',
      component: 'energy',
      element: 1,
      quantity: 10_000_000,
      quantity_text: '10 kWh',
      unit_micro_euros: 300_000,
      per: 1_000_000,
      unit_price_text: '0.30 EUR/kWh',
      micro_euros: 3_000_000,
    },
  ],
  net: 3_000_000,
  vat_permille: 210,
  vat: 630_000,
  gross: 3_630_000,
  euros: 3.63,
  settled: null,
  reservation_id: null,
  number: null,
  paid: null,
}

export const card = (more: Partial<CardView> = {}): CardView => ({
  card_id: 'card-1',
  method: 'pm_card_visa',
  brand: 'visa',
  last4: '4242',
  expires: '2030-12',
  has_expired: false,
  is_default: true,
  added_at: NOON,
  ...more,
})

export const payment = (more: Partial<OwnPayment> = {}): OwnPayment => ({
  session_id: 'S-1',
  cp_id: 'CP-001',
  asked_at: NOON,
  state: 'captured',
  held_cents: 5_000,
  captured_cents: 300,
  refunded_cents: 0,
  due_cents: 300,
  owed_cents: 0,
  code: null,
  ...more,
})

export const session: SessionView = {
  session_id: 'S-1',
  request_id: 'R-1',
  driver_id: 'driver-dora',
  cp_id: 'CP-001',
  status: 'COMPLETED',
  euros_per_kwh: 0.3,
  requested_at: NOON,
  started_at: NOON,
  ended_at: NOON,
  register_start_mwh: 0,
  register_stop_mwh: 1,
  kwh: 10,
  ended_by: 'stopped by the driver',
  settled: null,
  tariff: null,
  unplugged_at: null,
}

/** What each question is answered with, by its method and path; a test puts others in their place. */
export interface Answers {
  'GET access': AccessView
  'POST auth/register': { account: AccountView; tokens: TokensView }
  'POST auth/login': TokensView
  'POST auth/refresh': TokensView
  'POST auth/logout': null
  'GET me/points': OfferedPage
  'GET me/sites': OfferedSitePage
  'GET me/tickets': TicketPage
  'GET me/payments': OwnPaymentPage
  'GET me/cards': CardList
  'POST me/cards': CardView
  'POST me/cards/card-2/default': CardView
  'DELETE me/cards/card-1': null
  'GET me/vehicles': VehiclesView
  'PUT me/vehicles': VehiclesView
  'DELETE me': null
  'GET points/CP-001/tariff': PointTariff
  'GET points/CP-001/estimate': EstimateView
  'GET points/CP-001/calendar': Calendar
  'POST me/sessions': OwnRequest
  'POST sites/SITE-1/sessions': OwnSiteRequest
  'POST me/sessions/S-1/stop': SessionView
  'GET me/sessions/S-1': SessionDetails
  'GET me/sessions/S-1/receipt': ReceiptView
  'GET reservations': ReservationPage
  'POST reservations': ReservationView
  'DELETE reservations/B-1': ReservationView
}

const usual = (): Answers => ({
  'GET access': { mode: 'open', needs_setup: false, lab: true, payments: false, simulated_cards: false, hold_limit_cents: null, who: null },
  'POST auth/register': { account: ACCOUNT, tokens: TOKENS },
  'POST auth/login': TOKENS,
  'POST auth/refresh': TOKENS,
  'POST auth/logout': null,
  'GET me/points': { items: [point()], next: null },
  'GET me/sites': { items: [site()], next: null },
  'GET me/tickets': { items: [], next: null },
  'GET me/payments': { items: [], next: null },
  'GET me/cards': { items: [] },
  'POST me/cards': card(),
  'POST me/cards/card-2/default': card({ card_id: 'card-2' }),
  'DELETE me/cards/card-1': null,
  'GET me/vehicles': { items: [] },
  'PUT me/vehicles': { items: [] },
  'DELETE me': null,
  'GET points/CP-001/tariff': { cp_id: 'CP-001', euros_per_kwh: 0.3, by: null, tariff_id: null, tariff: null },
  'GET points/CP-001/estimate': {
    cp_id: 'CP-001',
    at: NOON,
    kw: 22,
    kwh: 10,
    minutes: 27.3,
    tariff: null,
    price: { lines: [], net: 3_000_000, vat_permille: 0, vat: 0, gross: 3_000_000 },
  },
  'GET points/CP-001/calendar': { cp_id: 'CP-001', items: [] },
  'POST me/sessions': { request_id: 'R-1', session_id: 'S-1', quote: null },
  'POST sites/SITE-1/sessions': {
    request_id: 'R-1',
    site_id: 'SITE-1',
    status: 'QUEUED',
    place: 1,
    waiting: 1,
    expected_at: null,
    cp_id: null,
    until: null,
    session_id: null,
    quote: null,
  },
  'POST me/sessions/S-1/stop': session,
  'GET me/sessions/S-1': { ...session, payment: null },
  'GET me/sessions/S-1/receipt': RECEIPT,
  'GET reservations': { items: [], next: null },
  'POST reservations': booking(),
  'DELETE reservations/B-1': booking({ status: 'CANCELLED' }),
})

export interface Question {
  what: string
  query: string
  body: unknown
  headers: Record<string, string>
}

export class FakeCentral {
  readonly answers = usual()
  readonly asked: Question[] = []
  private readonly problems = new Map<string, Problem>()
  private unreachable = 0
  word: string | null = 'r'

  readonly central = new Central(
    new Door(() => 'http://central/', (url, init) => this.fetch(url, init), {
      usesCookie: false,
      mayBeIn: async () => this.word !== null,
      note: () => {},
      get: async () => this.word,
      set: async (word) => {
        this.word = word
      },
    }),
    async () => {},
  )

  /** Charges are paid here, and these are the driver's cards. */
  isPaid(...cards: CardView[]): this {
    Object.assign(this.answers['GET access'], { payments: true, simulated_cards: true, hold_limit_cents: 5_000 })
    this.answers['GET me/cards'] = { items: cards }
    return this
  }

  refuse(what: keyof Answers, status: number, detail: string, code = ''): void {
    this.problems.set(what, { type: 'about:blank', title: '', status, detail, code, instance: '' })
  }

  /** So many questions are not heard. */
  loseNext(count: number): void {
    this.unreachable = count
  }

  bodies(what: keyof Answers): unknown[] {
    return this.asked.filter((each) => each.what === what).map((each) => each.body)
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    if (this.unreachable-- > 0) throw new TypeError('Network request failed')
    const [path = '', query = ''] = url.replace('http://central/api/v1/', '').split('?')
    const what = `${init.method} ${path}`
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
    this.asked.push({ what, query, body, headers: init.headers as Record<string, string> })
    const problem = this.problems.get(what)
    if (problem) return answer(problem.status, problem)
    if (!(what in this.answers)) throw new Error(`The test says no answer to ${what}`)
    const found = this.answers[what as keyof Answers]
    return answer(found === null ? 204 : 200, found)
  }
}

function answer(status: number, body: unknown): Response {
  return { ok: status < 400, status, json: async () => body } as Response
}
