/** What is drawn of the past: states side by side, and the hours of a week. Pure. */
import type { PastState, StatesView, StateSpanView, WeekHourView } from '../central/views.ts'
import { type Range, STEP_MS } from './ranges.ts'
import { numbers } from './words.ts'

/** In the order in which they are told. */
export const STATES: PastState[] = ['free', 'charging', 'occupied', 'stopped', 'faulty', 'offline', 'unknown']

export const [DAYS, HOURS] = [7, 24]

/** When a range begins that ends now, to the moment. */
export function since({ step, spans }: Range, now: number): Date {
  return new Date(now - spans * STEP_MS[step])
}

const percents = numbers({ maximumFractionDigits: 1 })

/** A share in percent; what is not all, or not nothing, never reads as if it were. */
export function percent(share: number): string {
  const shown = share > 0 && share < 1 ? Math.min(Math.max(share, 0.001), 0.999) : share
  return `${percents.format(100 * shown)}\u202f%`
}

export interface Bar {
  span: StateSpanView
  /** Where it begins and how wide it is, in percent of all of the time. */
  at: number
  width: number
}

/** Spans side by side, each as wide as it lasted. */
export function bars({ begins_at, ends_at, spans }: StatesView): Bar[] {
  const [begin, end] = [Date.parse(begins_at), Date.parse(ends_at)]
  const part = (moment: string) => (100 * (Date.parse(moment) - begin)) / (end - begin)
  return spans.map((span) => ({ span, at: part(span.begins_at), width: part(span.ends_at) - part(span.begins_at) }))
}

/** The number of the bar at this place, in percent; the nearest one beyond the ends. */
export function barAt(some: Bar[], at: number): number {
  const beyond = some.findIndex((bar) => bar.at + bar.width > at)
  return beyond < 0 ? some.length - 1 : beyond
}

/** The states in which a point was at all, and for how long. */
export function lengths({ availability: { seconds } }: StatesView): { state: PastState; seconds: number }[] {
  return STATES.filter((state) => seconds[state] > 0).map((state) => ({ state, seconds: seconds[state] }))
}

/** How much of the time is known. */
export function knownSeconds(told: StatesView): number {
  return lengths(told).reduce((sum, { state, seconds }) => sum + (state === 'unknown' ? 0 : seconds), 0)
}

/** Of the time that is known, how much a point was charging; null where nothing is known. */
export function chargingShare(told: StatesView): number | null {
  const known = knownSeconds(told)
  return known > 0 ? told.availability.seconds.charging / known : null
}

/** Where an arrow key leads among so many things in rows of so many; null for any other key. */
export function moved(key: string, at: number, count: number, row = 1): number | null {
  const to: Record<string, number> = {
    ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - row, ArrowDown: at + row, Home: 0, End: count - 1,
  }
  const next = Object.hasOwn(to, key) ? to[key]! : null
  return next === null ? null : next < 0 || next >= count ? at : next
}

export interface Square {
  day: number
  hour: number
  /** Null where the time has no such hour. */
  value: number | null
  /** How wide it is, of its room; and how dark, from 1 to 4. Both are 0 where nothing was. */
  size: number
  level: number
}

const LEVELS = 4
const SMALLEST = 0.3

/** The hours of a week as squares, the larger and the darker the more there is. */
export function squares(items: WeekHourView[], valueOf: (item: WeekHourView) => number | null): Square[] {
  const values = items.map(valueOf)
  const most = Math.max(0, ...values.map((value) => value ?? 0))
  return items.map(({ hour }, number) => {
    const value = values[number]!
    const part = most > 0 ? (value ?? 0) / most : 0
    const [size, level] = part > 0 ? [SMALLEST + (1 - SMALLEST) * Math.sqrt(part), Math.ceil(part * LEVELS)] : [0, 0]
    return { day: Math.floor(number / HOURS), hour, value, size, level }
  })
}

/** The number of the square with the most in it; null where there is nothing in any. */
export function busiest(some: Square[]): number | null {
  const most = some.reduce((best, { value }, number) => ((value ?? 0) > (some[best]?.value ?? 0) ? number : best), -1)
  return most < 0 ? null : most
}
