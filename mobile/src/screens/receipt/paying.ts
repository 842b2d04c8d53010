/** How far a payment is. Pure. */
import type { OwnPayment } from '../../api/types'
import type { Format } from '../../format'
import type { Texts } from '../../texts'

const PENDING = ['requested', 'unknown', 'held', 'capturing']

/** Whether the bill is yet to be taken from the card. */
export function isPending(state: string): boolean {
  return PENDING.includes(state)
}

/** A payment in a few words, for a list. */
export function paidWords(payment: OwnPayment, t: Texts, format: Format): string {
  if (isPending(payment.state)) return t.history.taking
  const said = [
    payment.captured_cents > 0 ? t.history.paid(format.cents(payment.captured_cents)) : '',
    payment.refunded_cents > 0 ? t.history.back(format.cents(payment.refunded_cents)) : '',
    payment.owed_cents > 0 ? t.history.owed(format.cents(payment.owed_cents)) : '',
  ]
  return said.filter(Boolean).join(', ') || t.history.nothing
}
