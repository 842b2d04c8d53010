/** Payments, the books and what differs from the provider, as Central tells them. */
import type { Page } from './ledger.ts'
import type { PaymentDetails, PaymentView } from './views.ts'
import { get, post, say } from './wire.ts'

const PAGE_SIZE = 50
const PATH = 'api/v1/payments'
/** The provider is asked for all that was paid in days. */
const RECONCILE_TIMEOUT_MS = 60_000

/** What is paid back, and why. */
export interface Refund {
  cents: number
  note: string
}

export interface AccountBalance {
  account: string
  /** In micro-euro, as the others. */
  debit: number
  credit: number
  balance: number
}

export interface Books {
  sum_micro_euros: number
  open_holds: number
  captured_cents: number
  billed_cents: number
  refunded_cents: number
  accounts: AccountBalance[]
  open_items: { subject_id: string; micro_euros: number }[]
}

export interface Reconciliation {
  at: string
  compared: number
  differences: { remedy: string; reference: string; payment_id: string | null; text: string }[]
}

/** Some payments, those first that were asked for last. */
export function paymentPage(filters: Record<string, string>, after: string | null): Promise<Page<PaymentView>> {
  const asked = new URLSearchParams({ ...filters, limit: String(PAGE_SIZE), ...(after === null ? {} : { after }) })
  return get(`${PATH}?${asked}`)
}

export function payment(id: string): Promise<PaymentDetails> {
  return get(at(id))
}

/** Pay some of it back, once for each key; throws a Refusal whose message is the sentence to show. */
export async function refund(id: string, wanted: Refund, key: string): Promise<PaymentDetails> {
  const answer = await say('POST', `${at(id)}/refunds`, wanted, undefined, { 'Idempotency-Key': key })
  return (await answer.json()) as PaymentDetails
}

/** Have the provider asked how it stands; throws a Refusal whose message is the sentence to show. */
export function lookUp(id: string): Promise<PaymentDetails> {
  return post(`${at(id)}/look`)
}

export function books(from: string, to: string): Promise<Books> {
  return get(`api/v1/books?${new URLSearchParams({ from, to })}`)
}

/** The last comparison with the provider; null where there was none. */
export function reconciliation(): Promise<Reconciliation | null> {
  return get(`${PATH}/reconcile`)
}

export function reconcile(): Promise<Reconciliation | null> {
  return post(`${PATH}/reconcile`, undefined, RECONCILE_TIMEOUT_MS)
}

function at(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`
}
