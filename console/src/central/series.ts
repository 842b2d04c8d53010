/** Figures as Central tells them: of the network now, and of all of it or of a point over time. */
import type { Of, SeriesView, SpanView, StatsView, Step } from './views.ts'
import { get } from './wire.ts'

export interface Wanted {
  of: Of
  step: Step
  /** When the first span begins. */
  from: Date
  point?: string
}

export async function series({ of, step, from, point }: Wanted): Promise<SpanView[]> {
  const asked = new URLSearchParams({ of, step, from: from.toISOString(), ...(point !== undefined && { point }) })
  return (await get<SeriesView>(`api/v1/series?${asked}`)).spans
}

export function stats(): Promise<StatsView> {
  return get('api/v1/stats')
}
