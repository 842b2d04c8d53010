/** Alerts and the rules by which they open, as Central is asked for them. */
import type { Page } from './ledger.ts'
import type { AlertRuleView, AlertView } from './views.ts'
import { get, post } from './wire.ts'

const PAGE_SIZE = 50

/** Some alerts, the newest first. */
export function alertPage(filters: Record<string, string>, after: string | null): Promise<Page<AlertView>> {
  const asked = new URLSearchParams({ ...filters, limit: String(PAGE_SIZE), ...(after === null ? {} : { after }) })
  return get(`api/v1/alerts?${asked}`)
}

export function alertRules(): Promise<AlertRuleView[]> {
  return get('api/v1/alert-rules')
}

/** Somebody has seen it; without a note where that is empty. */
export function acknowledge(id: string, note: string): Promise<AlertView> {
  return post(`api/v1/alerts/${encodeURIComponent(id)}/ack`, note === '' ? {} : { note })
}
