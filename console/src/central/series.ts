/** Figures of the network as Central tells them: now, and over time. */
import type { Of, SeriesView, StatsView, Step } from './views.ts'
import { get } from './wire.ts'

export interface Wanted {
  of: Of
  step: Step
  /** When the first span begins. */
  from: Date
}

export function series({ of, step, from }: Wanted): Promise<SeriesView> {
  return get(`api/v1/series?${new URLSearchParams({ of, step, from: from.toISOString() })}`)
}

export function stats(): Promise<StatsView> {
  return get('api/v1/stats')
}
