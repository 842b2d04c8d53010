/** Figures as Central tells them: of the network now, and of all of it, of a point or of a site over time. */
import type { Of, SeriesView, SpanView, StatsView, Step } from './views.ts'
import { get } from './wire.ts'

export interface Wanted {
  of: Of
  step: Step
  /** When the first span begins. */
  from: Date
  /** Before when the last span begins; now without it. */
  to?: Date
  point?: string
  site?: string
}

export async function series({ of, step, from, to, point, site }: Wanted): Promise<SpanView[]> {
  const until = to !== undefined && { to: to.toISOString() }
  const whose = { ...(point !== undefined && { point }), ...(site !== undefined && { site }) }
  const asked = new URLSearchParams({ of, step, from: from.toISOString(), ...until, ...whose })
  return (await get<SeriesView>(`api/v1/series?${asked}`)).spans
}

export function stats(): Promise<StatsView> {
  return get('api/v1/stats')
}
