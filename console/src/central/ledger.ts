/** The ledger of Central, as the console reads it: sessions page by page, one session, its ticket. */
import { Refusal } from './refusal.ts'
import type { MeterValueView, SessionDetails, SessionView, TicketView } from './views.ts'
import { get } from './wire.ts'

export interface Page<T> {
  items: T[]
  /** Where the next page begins; null where there is none. */
  next: string | null
}

const PAGE_SIZE = 50

/** Some sessions, the newest first. */
export function sessionPage(
  filters: Record<string, string>, after: string | null, size = PAGE_SIZE,
): Promise<Page<SessionView>> {
  const asked = new URLSearchParams({ ...filters, limit: String(size), ...(after === null ? {} : { after }) })
  return get(`api/v1/sessions?${asked}`)
}

export function session(id: string): Promise<SessionDetails> {
  return get(`api/v1/sessions/${encodeURIComponent(id)}`)
}

/** What the meter said in a session, from its begin to its end as far as it has come. */
export async function meterValues(id: string): Promise<MeterValueView[]> {
  return (await get<{ items: MeterValueView[] }>(`api/v1/sessions/${encodeURIComponent(id)}/meter-values`)).items
}

/** What a session cost; null where there is no ticket of it. */
export async function ticket(id: string): Promise<TicketView | null> {
  try {
    return await get<TicketView>(`api/v1/tickets/${encodeURIComponent(id)}`)
  } catch (refusal) {
    if (refusal instanceof Refusal && refusal.code === 'unknown_resource') return null
    throw refusal
  }
}
