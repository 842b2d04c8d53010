/** What the network earned, and files of it, as Central tells them. */
import type { Page } from './ledger.ts'
import type { By, LedgerAuditsView, RevenueView, TicketView } from './views.ts'
import { get, post } from './wire.ts'

/** From a moment on until another one, in ISO 8601. */
export interface Time {
  from: string
  to: string
}

/** The revenue of a time by groups: the first of them, those with the most money. */
export function revenue(by: By, time: Time, limit = 100): Promise<RevenueView> {
  return get(`api/v1/revenue?${new URLSearchParams({ by, ...time, limit: String(limit) })}`)
}

/** Some tickets of sessions that ended in a time, the newest first. */
export function newestTickets(time: Time, limit: number): Promise<Page<TicketView>> {
  return get(`api/v1/tickets?${new URLSearchParams({ ...time, limit: String(limit) })}`)
}

export const EXPORTED = ['sessions', 'tickets'] as const
export const FORMS = ['csv', 'json'] as const

/** Where a file is of all that a list with these filters has. */
export function exportOf(
  kind: (typeof EXPORTED)[number], form: (typeof FORMS)[number], filters: Record<string, string>,
): string {
  const asked = new URLSearchParams(filters).toString()
  return `api/v1/exports/${kind}.${form}${asked && `?${asked}`}`
}

/** The audit of the ledger that goes on, and what the last one found. */
export function audits(): Promise<LedgerAuditsView> {
  return get('api/v1/ledger-audits')
}

/** Begin an audit of the ledger; throws a Refusal whose message is the sentence to show. */
export function beginAudit(): Promise<LedgerAuditsView> {
  return post('api/v1/ledger-audits')
}
