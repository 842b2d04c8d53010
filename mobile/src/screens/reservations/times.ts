/** The times of a day that can be booked. Pure. */
import type { TakenTime } from '../../api/types'

export const STEP_MIN = 30
export const LENGTHS = [30, 60, 120, 240] as const
/** Between two reservations of a point, and before the first one, in ms. */
const BETWEEN_MS = 5 * 60_000
const AHEAD_MS = 7 * 24 * 3_600_000

export interface Slot {
  begins: number
  ends: number
  isFree: boolean
}

/** Midnight of today, and of the six days after it, as this device reads the day. */
export function days(now: number): number[] {
  const today = new Date(now)
  return Array.from({ length: 7 }, (_, at) => new Date(today.getFullYear(), today.getMonth(), today.getDate() + at).getTime())
}

/** Every half an hour of a day from now on, and whether so many minutes from then are free. */
export function slots(day: number, minutes: number, taken: readonly TakenTime[], now: number): Slot[] {
  const date = new Date(day)
  const found: Slot[] = []
  for (let at = 0; at < 24 * 60; at += STEP_MIN) {
    const begins = new Date(date.getFullYear(), date.getMonth(), date.getDate(), 0, at).getTime()
    const ends = begins + minutes * 60_000
    if (begins < now || begins > now + AHEAD_MS) continue
    const isFree = taken.every(
      (each) => ends + BETWEEN_MS <= Date.parse(each.begins_at) || begins - BETWEEN_MS >= Date.parse(each.ends_at),
    )
    found.push({ begins, ends, isFree })
  }
  return found
}
