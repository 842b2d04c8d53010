import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { PaymentSums } from '../src/central/views.ts'
import { asked, centsOf, leftOf, sumFacts } from '../src/pages/payments/payment.ts'

const sums = (more: Partial<PaymentSums> = {}): PaymentSums => ({
  state: 'captured', held_cents: 5000, captured_cents: 300, refunded_cents: 0, due_cents: 300, owed_cents: 0, code: null, ...more,
})

test('a state that there is not is no filter', () => {
  assert.deepEqual(asked({ q: ' bob ', state: 'captured' }), { q: 'bob', state: 'captured' })
  assert.deepEqual(asked({ q: ' ', state: 'lent' }), {})
})

test('only what is captured and not paid back yet can be refunded', () => {
  assert.equal(leftOf(sums()), 300)
  assert.equal(leftOf(sums({ state: 'part_refunded', refunded_cents: 120 })), 180)
  for (const state of ['held', 'refunding', 'refunded', 'disputed'] as const) assert.equal(leftOf(sums({ state })), 0)
})

test('an amount is in whole cents, above nothing', () => {
  assert.deepEqual([0.01, 1.1, 19.99, 3].map(centsOf), [1, 110, 1999, 300])
  assert.deepEqual([0, -1, 0.005, 1.005, NaN, null].map(centsOf), [null, null, null, null, null, null])
})

test('what is nothing is not told of a payment', () => {
  assert.deepEqual(sumFacts(sums()).map(([name]) => name), ['Held', 'Billed', 'Captured'])
  assert.deepEqual(sumFacts(sums({ state: 'declined', due_cents: null, code: 'lost_card' })).at(-1), ['Why not', 'lost_card'])
})
