/** What the console makes of reservations and of the filters in the address. Pure. */
import type { NewReservation } from '../../central/reservations.ts'
import type { ReservationView } from '../../central/views.ts'
import type { Tone } from '../../parts/Mark.svelte'
import { texts } from '../../texts/index.ts'

type Status = ReservationView['status']

const ANY_POINT_OF = '@'
const ACTIVE: Status[] = ['BOOKED', 'HELD']

export const STATUSES = Object.keys(texts.reservations.statuses) as Status[]
export const NO_FILTER = { q: '', status: '' }
/** What Central takes. */
export const LONGEST_TEXT = 64

export const TONES: Record<Status, Tone> = {
  BOOKED: 'green',
  HELD: 'orange',
  USED: 'grey',
  CANCELLED: 'grey',
  NO_SHOW: 'grey',
  MOVED: 'grey',
  FAILED: 'red',
  REFUSED: 'grey',
}

/** The filters of an address as Central takes them: what it would not understand is left out. */
export function asked(query: Record<string, string>): Record<string, string> {
  const q = query.q?.trim().slice(0, LONGEST_TEXT)
  const status = STATUSES.find((each) => each === query.status)
  return { ...(q && { q }), ...(status && { status }) }
}

export function isFiltered(query: Record<string, string>): boolean {
  return Object.keys(asked(query)).length > 0
}

/** It has not come to its end. */
export function isActive({ status }: ReservationView): boolean {
  return ACTIVE.includes(status)
}

/** What a form says, as Central takes it: times are those of the reader's clock. */
export function wanted(place: string, driver: string, from: string, to: string): NewReservation {
  const name = place.trim()
  const where = name.startsWith(ANY_POINT_OF) ? { site_id: name.slice(1) } : { cp_id: name }
  return { ...where, driver_id: driver.trim(), from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}
