/** What the console makes of payments and of the filters in the address. Pure. */
import type { PaymentDetails, PaymentSums } from '../../central/views.ts'
import { cents, moment } from '../../panel/words.ts'
import { hashOf } from '../../shell/route.ts'
import { texts } from '../../texts/index.ts'
import type { Fact } from '../sessions/facts.ts'

export type State = PaymentSums['state']

const words = texts.payments

export const STATES = Object.keys(words.states) as State[]
/** What Central takes. */
export const LONGEST_TEXT = 64
export const NO_FILTER = { q: '', state: '' }

/** The filters of an address as Central takes them: what it would not understand is left out. */
export function asked(query: Record<string, string>): Record<string, string> {
  const q = query.q?.trim().slice(0, LONGEST_TEXT)
  const state = STATES.find((each) => each === query.state)
  return { ...(q && { q }), ...(state && { state }) }
}

/** How many cents can be paid back; 0 while something is under way, and of what is disputed. */
export function leftOf({ state, captured_cents: captured, refunded_cents: refunded }: PaymentSums): number {
  return state === 'captured' || state === 'part_refunded' ? captured - refunded : 0
}

/** The cents of an amount in euros; null where it is none, or has parts of a cent. */
export function centsOf(euros: number | null): number | null {
  if (euros === null || !Number.isFinite(euros)) return null
  const found = Math.round(euros * 100)
  return found > 0 && Math.abs(found - euros * 100) < 1e-6 ? found : null
}

/** What a payment comes to. */
export function sumFacts(payment: PaymentSums): Fact[] {
  const { facts } = words
  return present([
    [facts.held, cents(payment.held_cents)],
    [facts.billed, payment.due_cents === null ? null : cents(payment.due_cents)],
    [facts.captured, cents(payment.captured_cents)],
    [facts.refunded, payment.refunded_cents === 0 ? null : cents(payment.refunded_cents)],
    [facts.owed, payment.owed_cents === 0 ? null : cents(payment.owed_cents)],
    [facts.code, payment.code],
  ])
}

export function paymentFacts(payment: PaymentDetails, now: number): Fact[] {
  const { facts } = words
  const { known, operation } = payment
  return [
    [facts.session, payment.session_id, hashOf('sessions', { rest: [payment.session_id] })],
    [facts.driver, payment.driver_id],
    [facts.point, payment.cp_id, hashOf('points', { rest: [payment.cp_id] })],
    [facts.asked, moment(payment.asked_at, now)],
    [facts.method, payment.method],
    ...sumFacts(payment),
    ...present([
      [facts.underWay, operation && words.underWay(words.operations[operation.kind], cents(operation.cents), operation.attempts)],
      [facts.id, known && known.payment_id],
      [facts.status, known && known.status],
      [facts.dispute, known && known.dispute],
    ]),
  ]
}

function present(facts: [string, string | null][]): Fact[] {
  return facts.filter((fact): fact is [string, string] => fact[1] !== null)
}
