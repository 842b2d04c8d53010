/** Bills by month, with what each month comes to. Pure. */
import type { TicketView } from '../../api/types'

export interface Month {
  name: string
  tickets: TicketView[]
  kwh: number
  euros: number
  /** Whether all of its bills are here: the oldest month may go on in what was not read yet. */
  isWhole: boolean
}

/** The newest first, as the bills come. */
export function byMonth(tickets: TicketView[], nameOf: (moment: string) => string, hasMore: boolean): Month[] {
  const months: Month[] = []
  for (const ticket of tickets) {
    const name = nameOf(ticket.ended_at)
    if (months.at(-1)?.name !== name) months.push({ name, tickets: [], kwh: 0, euros: 0, isWhole: true })
    const month = months.at(-1)!
    month.tickets.push(ticket)
    month.kwh += ticket.kwh
    month.euros += ticket.euros
  }
  const oldest = months.at(-1)
  if (oldest) oldest.isWhole = !hasMore
  return months
}
