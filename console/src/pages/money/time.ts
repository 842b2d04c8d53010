/** Over which time the page looks, by days in UTC, as Central adds bills up. Pure. */
import type { Time } from '../../central/money.ts'
import type { By, Step } from '../../central/views.ts'

export const TIMES = ['24h', '7d', '30d', 'month', 'last-month'] as const
export type TimeId = (typeof TIMES)[number]

export interface Chosen extends Time {
  /** None of those with a name where somebody chose days. */
  id: TimeId | null
  /** How revenue is drawn. */
  step: Step
}

const USUAL: TimeId = 'month'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const DAY = /^2\d{3}-\d\d-\d\d$/
/** A time no longer than this is drawn by the hour. */
const SHORT_MS = 2 * DAY_MS

/** How groups can be made, the usual one first. */
export const WAYS: By[] = ['site', 'tariff', 'point', 'driver', 'day']

export function wayNamed(name: string | undefined): By {
  return WAYS.find((way) => way === name) ?? WAYS[0]!
}

/** The time that an address asks for, which is now by Central's clock in ms. */
export function timeOf(query: Record<string, string>, now: number): Chosen {
  const [first, last] = [dayBegins(query.from), dayBegins(query.to)]
  if (first !== null || last !== null) {
    const end = last === null ? now : last + DAY_MS
    return chosen(null, first ?? end - 30 * DAY_MS, end)
  }
  const id = TIMES.find((each) => each === query.range) ?? USUAL
  return chosen(id, ...NAMED[id](now))
}

const NAMED: Record<TimeId, (now: number) => [number, number]> = {
  '24h': (now) => [hourOf(now) - 23 * HOUR_MS, hourOf(now) + HOUR_MS],
  '7d': (now) => [dayOf(now) - 6 * DAY_MS, dayOf(now) + DAY_MS],
  '30d': (now) => [dayOf(now) - 29 * DAY_MS, dayOf(now) + DAY_MS],
  month: (now) => [monthOf(now, 0), monthOf(now, 1)],
  'last-month': (now) => [monthOf(now, -1), monthOf(now, 0)],
}

function chosen(id: TimeId | null, from: number, to: number): Chosen {
  const step = to - from <= SHORT_MS ? 'hour' : 'day'
  return { id, from: new Date(from).toISOString(), to: new Date(to).toISOString(), step }
}

function hourOf(at: number): number {
  return at - (at % HOUR_MS)
}

function dayOf(at: number): number {
  return at - (at % DAY_MS)
}

function monthOf(at: number, later: number): number {
  const day = new Date(at)
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + later, 1)
}

/** When a day begins in UTC; null for what is no day. */
function dayBegins(day: string | undefined): number | null {
  if (day === undefined || !DAY.test(day)) return null
  const at = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(at) ? null : at
}

/** The hours at which a time begins and ends in UTC, for people; null where it is of whole days. */
export function hoursOf({ from, to }: Time): [string, string] | null {
  const isOfDays = [from, to].every((at) => Date.parse(at) % DAY_MS === 0)
  return isOfDays ? null : [hourText(from), hourText(to)]
}

function hourText(at: string): string {
  return at.slice(0, 16).replace('T', ' ')
}

/** The first and the last day of a time in UTC, for people. */
export function daysOf({ from, to }: Time): [string, string] {
  return [from.slice(0, 10), new Date(Date.parse(to) - 1).toISOString().slice(0, 10)]
}
