/** What the overview has read of a range: its figures, and the power over time. */
import { whyNot } from '../../central/refusal.ts'
import { series, stats } from '../../central/series.ts'
import type { Of, SpanView, StatsView } from '../../central/views.ts'
import { beginOf, type Range } from './ranges.ts'

export interface Figures {
  range: Range
  /** When the range ends, by Central's clock. */
  until: number
  energy: SpanView[]
  revenue: SpanView[]
  sessions: SpanView[]
  power: SpanView[]
  stats: StatsView
}

export class FiguresRead {
  shown = $state.raw<Figures | null>(null)
  problem = $state.raw<string | null>(null)
  #reads = 0

  /** Read all of it for a range that ends now, by Central's clock; what was asked for before counts no more. */
  async read(range: Range, now: number): Promise<void> {
    const read = ++this.#reads
    const summed = async (of: Of) => (await series({ of, step: range.step, from: beginOf(range, now, 2) })).spans
    try {
      const [energy, revenue, sessions, power, newest] = await Promise.all([
        summed('energy'),
        summed('revenue'),
        summed('sessions'),
        series({ of: 'power', step: range.powerStep, from: beginOf(range, now) }),
        stats(),
      ])
      if (read !== this.#reads) return
      this.shown = { range, until: now, energy, revenue, sessions, power: power.spans, stats: newest }
      this.problem = null
    } catch (refusal) {
      if (read === this.#reads) this.problem = whyNot(refusal)
    }
  }
}
