import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitLine, limitOf, limitText } from '../src/panel/limits.ts'

const plain = (text: string | null) => text?.replaceAll('\u202f', ' ')

test('a limit reads in amperes, in kilowatts, or in both', () => {
  assert.equal(plain(limitText({ milliamperes: 16_000, watts: null })), '16 A')
  assert.equal(plain(limitText({ milliamperes: null, watts: 11_500 })), '11.5 kW')
  assert.equal(plain(limitText({ milliamperes: 10_500, watts: 7_000 })), '10.5 A and 7 kW')
})

test('a limit of nothing pauses', () => {
  assert.equal(limitText({ milliamperes: 0, watts: null }), 'nothing: paused')
  assert.equal(limitText({ milliamperes: 16_000, watts: 0 }), 'nothing: paused')
})

test('a limit that the engine has not acknowledged is not said to be kept', () => {
  const limit = { milliamperes: 16_000, watts: null }
  assert.equal(plain(limitLine({ limit, is_limited: true })!), 'Limited to 16 A')
  assert.equal(plain(limitLine({ limit, is_limited: false })!), 'Limit to 16 A, not yet acknowledged')
  assert.equal(limitLine({ limit: null, is_limited: false }), null)
})

test('what an operator writes is a limit in whole mA or W', () => {
  assert.deepEqual(limitOf(16, 'A'), { milliamperes: 16_000, watts: null })
  assert.deepEqual(limitOf(11.0004, 'kW'), { milliamperes: null, watts: 11_000 })
})
