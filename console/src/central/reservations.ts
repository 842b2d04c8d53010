/** Reservations, and the times of a point that are taken, as Central is asked for them. */
import type { Page } from './ledger.ts'
import type { Calendar, ReservationView, TakenTime } from './views.ts'
import { get, post, say } from './wire.ts'

const PAGE_SIZE = 50
const PATH = 'api/v1/reservations'

/** What is booked: a point or a site, for whom, from when to when. */
export interface NewReservation {
  cp_id?: string
  site_id?: string
  driver_id: string
  from: string
  to: string
}

/** Some reservations, those first that begin last. */
export function reservationPage(filters: Record<string, string>, after: string | null): Promise<Page<ReservationView>> {
  const asked = new URLSearchParams({ ...filters, limit: String(PAGE_SIZE), ...(after === null ? {} : { after }) })
  return get(`${PATH}?${asked}`)
}

export function book(wanted: NewReservation): Promise<ReservationView> {
  return post(PATH, wanted)
}

export async function cancelReservation(id: string): Promise<ReservationView> {
  const answer = await say('DELETE', `${PATH}/${encodeURIComponent(id)}`)
  return (await answer.json()) as ReservationView
}

/** The times that are taken at a point, in their order. */
export async function calendar(cpId: string): Promise<TakenTime[]> {
  return (await get<Calendar>(`api/v1/points/${encodeURIComponent(cpId)}/calendar`)).items
}
