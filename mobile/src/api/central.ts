/** All that the app asks of Central, with its types. */
import { Door } from './door'
import { mayPass, refusalOf } from './problem'
import type {
  AccessView,
  Calendar,
  CardList,
  CardView,
  Charge,
  ChargeAtSite,
  EstimateView,
  OfferedPage,
  OfferedPoint,
  OfferedSitePage,
  OwnPaymentPage,
  OwnRequest,
  OwnSiteRequest,
  PointTariff,
  QueueEntryView,
  ReceiptView,
  RequestView,
  ReservationBody,
  ReservationPage,
  ReservationView,
  SessionDetails,
  SessionView,
  SocketTicket,
  TicketPage,
  VehicleBody,
  VehiclesView,
} from './types'

type Query = Record<string, string | number | boolean | undefined>

const V1 = 'api/v1/'
const WAIT = { Prefer: 'wait=10' }
/** Before what is asked with a key is asked again, in ms. */
const PAUSES = [500, 1_000, 2_000, 4_000, 4_000, 4_000]
/** How often a charge is asked for that is not decided: while money is held, that takes 20 s at most. */
const UNDECIDED = 4

export interface Wish {
  kwh?: number
  minutes?: number
}

export class Central {
  constructor(
    readonly door: Door,
    private readonly pause: (ms: number) => Promise<void> = (ms) => new Promise((go) => setTimeout(go, ms)),
  ) {}

  access = (): Promise<AccessView> => this.door.access()
  points = (query: { q?: string; site_id?: string; free?: boolean; after?: string; limit?: number }) =>
    this.get<OfferedPage>('me/points', query)
  sites = (query: { q?: string; after?: string; limit?: number }) => this.get<OfferedSitePage>('me/sites', query)
  tariff = (cpId: string) => this.get<PointTariff>(`points/${id(cpId)}/tariff`)
  estimate = (cpId: string, wish: Wish) => this.get<EstimateView>(`points/${id(cpId)}/estimate`, { ...wish })
  calendar = (cpId: string, from: string, to: string) =>
    this.get<Calendar>(`points/${id(cpId)}/calendar`, { from, to })

  /** The point of this ID, if there is one. */
  async point(cpId: string): Promise<OfferedPoint | null> {
    const found = await this.points({ q: cpId, limit: 500 })
    return found.items.find((each) => each.cp_id === cpId) ?? null
  }

  /** It waits until that is decided, such as until money is held. */
  async charge(body: Charge, key: string): Promise<OwnRequest> {
    for (let left = UNDECIDED; ; left--) {
      const asked = await this.post<OwnRequest>('me/sessions', body, key, WAIT)
      if (asked.session_id !== null || left === 1) return asked
      await this.pause(PAUSES[0]!)
    }
  }

  chargeAtSite = (siteId: string, body: ChargeAtSite, key: string) =>
    this.post<OwnSiteRequest>(`sites/${id(siteId)}/sessions`, body, key, WAIT)
  request = (requestId: string) => this.get<RequestView>(`me/requests/${id(requestId)}`)
  session = (sessionId: string) => this.get<SessionDetails>(`me/sessions/${id(sessionId)}`)
  stop = (sessionId: string) => this.post<SessionView>(`me/sessions/${id(sessionId)}/stop`, undefined, newKey())
  receipt = (sessionId: string) => this.get<ReceiptView>(`me/sessions/${id(sessionId)}/receipt`)
  feeReceipt = (reservationId: string) => this.get<ReceiptView>(`reservations/${id(reservationId)}/receipt`)
  tickets = (after?: string) => this.get<TicketPage>('me/tickets', { after, limit: 100 })
  payments = (from: string) => this.get<OwnPaymentPage>('me/payments', { from, limit: 500 })

  take = (requestId: string) => this.post<QueueEntryView>(`me/queue/${id(requestId)}/take`, undefined, newKey())
  leave = (requestId: string) => this.json<QueueEntryView>('DELETE', `me/queue/${id(requestId)}`)

  reservations = () => this.get<ReservationPage>('reservations', { limit: 100 })
  book = (body: ReservationBody, key: string) => this.post<ReservationView>('reservations', body, key)
  cancel = (reservationId: string) => this.json<ReservationView>('DELETE', `reservations/${id(reservationId)}`)

  cards = () => this.get<CardList>('me/cards')
  /** Not asked again by itself, since the number is not kept for that. */
  addCard = (number: string, expires: string) => this.json<CardView>('POST', 'me/cards', { number, expires })
  chooseCard = (cardId: string) => this.json<CardView>('POST', `me/cards/${id(cardId)}/default`)
  removeCard = (cardId: string) => this.json<null>('DELETE', `me/cards/${id(cardId)}`)

  vehicles = () => this.get<VehiclesView>('me/vehicles')
  setVehicles = (items: VehicleBody[]) => this.json<VehiclesView>('PUT', 'me/vehicles', { items })
  ticket = () => this.json<SocketTicket>('POST', 'auth/ticket')

  async erase(): Promise<void> {
    await this.json<null>('DELETE', 'me')
    await this.door.forget()
  }

  private get<T>(path: string, query: Query = {}): Promise<T> {
    const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
    const text = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString()
    return this.json<T>('GET', text ? `${path}?${text}` : path)
  }

  /** Asked with a key it is done once, so that it is asked again until an answer is heard. */
  private async post<T>(path: string, body: object | undefined, key: string, more = {}): Promise<T> {
    for (const ms of [...PAUSES, null]) {
      try {
        return await this.json<T>('POST', path, body, { 'Idempotency-Key': key, ...more })
      } catch (error) {
        if (ms === null || !mayPass(error)) throw error
        await this.pause(ms)
      }
    }
    throw new Error('There is always a last try')
  }

  private async json<T>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
    let answer = await this.asked(await this.door.fresh(), method, path, body, headers)
    if (answer.status === 401) answer = await this.asked(await this.door.renew(), method, path, body, headers)
    if (!answer.ok) throw await refusalOf(answer)
    return (answer.status === 204 ? null : await answer.json()) as T
  }

  private asked(token: string, method: string, path: string, body: object | undefined, more: Record<string, string>): Promise<Response> {
    const kind: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
    const headers: Record<string, string> = { Authorization: `Bearer ${token}`, ...kind, ...more }
    return this.door.send(V1 + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  }
}

function id(text: string): string {
  return encodeURIComponent(text)
}

/** A word of the app's own for what is to be done once. */
export function newKey(): string {
  const part = () => Math.random().toString(36).slice(2, 12)
  return `app-${Date.now().toString(36)}-${part()}${part()}`
}
