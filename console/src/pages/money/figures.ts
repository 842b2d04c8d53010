/** What the page of money asks of Central, and what it makes of it. */
import type { HeldBill } from '../../central/contract.ts'
import { newestTickets, revenue } from '../../central/money.ts'
import { series } from '../../central/series.ts'
import type { By, RevenueView, SpanView, TicketView } from '../../central/views.ts'
import type { Chosen } from './time.ts'

export interface Figures {
  time: Chosen
  /** By tariff, with net and VAT. */
  total: RevenueView
  groups: RevenueView
  spans: SpanView[]
  tickets: TicketView[]
}

/** So many of the newest tickets are seen. */
const TICKETS = 10

/** All of it for a time, in groups. */
export async function figures(time: Chosen, by: By): Promise<Figures> {
  const { from, to, step } = time
  const total = revenue('tariff', { from, to })
  const [sums, groups, spans, tickets] = await Promise.all([
    total,
    by === 'tariff' ? total : revenue(by, { from, to }),
    series({ of: 'revenue', step, from: new Date(from), to: new Date(to) }),
    newestTickets({ from, to }, TICKETS),
  ])
  return { time, total: sums, groups, spans, tickets: tickets.items }
}

/** What held bills would come to, as far as that is known: not by a tariff, and not of readings that cannot be. */
export function heldEuros(bills: HeldBill[]): number {
  return bills
    .filter(({ kwh, tariff }) => kwh >= 0 && tariff === null)
    .reduce((sum, { kwh, euros_per_kwh: price }) => sum + kwh * price, 0)
}

/** Which part of the whole a group has, in percent. */
export function share(euros: number, whole: number): number {
  return whole > 0 ? Math.round((1000 * euros) / whole) / 10 : 0
}
