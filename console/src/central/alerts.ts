/** Alerts, the rules by which they open, and the webhooks that are told of them, as Central is asked for them. */
import type { Page } from './ledger.ts'
import type { AlertRuleView, AlertView, DeliveryView, NewWebhook, WebhookView } from './views.ts'
import { get, post, say } from './wire.ts'

const PAGE_SIZE = 50
const WEBHOOKS = 'api/v1/webhooks'

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

export function webhooks(): Promise<WebhookView[]> {
  return get(WEBHOOKS)
}

/** The answer has its secret; no later one does. */
export function addWebhook(url: string, rules: AlertView['rule'][]): Promise<NewWebhook> {
  return post(WEBHOOKS, { url, rules })
}

export async function enableWebhook(id: string, enabled: boolean): Promise<true> {
  await say('PATCH', pathOf(id), { enabled })
  return true
}

export async function removeWebhook(id: string): Promise<true> {
  await say('DELETE', pathOf(id))
  return true
}

export function tryWebhook(id: string): Promise<WebhookView> {
  return post(`${pathOf(id)}/test`)
}

/** What it was told lately, the newest first. */
export async function deliveries(id: string): Promise<DeliveryView[]> {
  return (await get<Page<DeliveryView>>(`${pathOf(id)}/deliveries?limit=10`)).items
}

function pathOf(id: string): string {
  return `${WEBHOOKS}/${encodeURIComponent(id)}`
}
