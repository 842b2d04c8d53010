/** Over which time the overview looks, and what it asks for. Pure. */
import type { SpanView, Step } from '../central/views.ts'

export type RangeId = '24h' | '7d' | '30d'

export interface Range {
  id: RangeId
  /** Figures are added up by this step, so many of them. */
  step: Step
  spans: number
  /** How power is drawn. */
  powerStep: Step
}

export const RANGES: Range[] = [
  { id: '24h', step: 'hour', spans: 24, powerStep: 'minute' },
  { id: '7d', step: 'hour', spans: 168, powerStep: 'hour' },
  { id: '30d', step: 'day', spans: 30, powerStep: 'hour' },
]

const HOUR_MS = 3_600_000
export const STEP_MS: Record<Step, number> = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS }

/** The range of this name; a day where there is none. */
export function rangeNamed(name: string | undefined): Range {
  return RANGES.find(({ id }) => id === name) ?? RANGES[0]!
}

/** When a range begins that ends now, or so many ranges before that. */
export function beginOf({ step, spans }: Range, now: number, times = 1): Date {
  return new Date(now - times * spans * STEP_MS[step] + STEP_MS[step])
}

export interface Figure {
  now: number
  before: number
}

/** What the newest spans come to, and as many before them. */
export function figure(spans: SpanView[], count: number): Figure {
  const sum = (some: SpanView[]) => some.reduce((total, { value }) => total + value, 0)
  return { now: sum(spans.slice(-count)), before: sum(spans.slice(-2 * count, -count)) }
}

/** By how many percent a figure has changed; null where there was nothing to compare it with. */
export function change({ now, before }: Figure): number | null {
  return before > 0 ? Math.round((100 * (now - before)) / before) : null
}
