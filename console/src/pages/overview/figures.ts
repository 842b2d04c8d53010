/** What the overview asks of Central: the figures of a range and of the one before, the power over time, and the week. */
import { utilisation } from '../../central/past.ts'
import { series, stats } from '../../central/series.ts'
import type { Of, SpanView, StatsView, UtilisationView } from '../../central/views.ts'
import { since } from '../../panel/past.ts'
import { beginOf, type Range } from '../../panel/ranges.ts'

export interface Figures {
  range: Range
  /** When the range ends, by Central's clock. */
  until: number
  energy: SpanView[]
  revenue: SpanView[]
  sessions: SpanView[]
  power: SpanView[]
  week: UtilisationView
  stats: StatsView
}

/** All of it for a range that ends at a moment, which is now by Central's clock in ms. */
export async function figures(range: Range, until: number): Promise<Figures> {
  const summed = (of: Of) => series({ of, step: range.step, from: beginOf(range, until, 2) })
  const [energy, revenue, sessions, power, week, newest] = await Promise.all([
    summed('energy'),
    summed('revenue'),
    summed('sessions'),
    series({ of: 'power', step: range.powerStep, from: beginOf(range, until) }),
    utilisation(since(range, until)),
    stats(),
  ])
  return { range, until, energy, revenue, sessions, power, week, stats: newest }
}
