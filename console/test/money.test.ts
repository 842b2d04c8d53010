import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeldBill } from '../src/central/contract.ts'
import { exportOf } from '../src/central/money.ts'
import { heldEuros, share } from '../src/pages/money/figures.ts'
import { daysOf, hoursOf, timeOf, TIMES, wayNamed, WAYS } from '../src/pages/money/time.ts'
import { texts } from '../src/texts/index.ts'

const NOW = Date.parse('2026-03-31T22:40:00Z')
const spans = (query: Record<string, string>, now = NOW) => {
  const { from, to, step } = timeOf(query, now)
  return [from.slice(0, 16), to.slice(0, 16), step]
}

test('a time has a name, and is this month without one', () => {
  assert.deepEqual(spans({ range: '24h' }), ['2026-03-30T23:00', '2026-03-31T23:00', 'hour'])
  assert.deepEqual(spans({ range: '7d' }), ['2026-03-25T00:00', '2026-04-01T00:00', 'day'])
  assert.deepEqual(spans({ range: '30d' }), ['2026-03-02T00:00', '2026-04-01T00:00', 'day'])
  assert.deepEqual(spans({ range: 'month' }), ['2026-03-01T00:00', '2026-04-01T00:00', 'day'])
  assert.deepEqual(spans({ range: 'last-month' }), ['2026-02-01T00:00', '2026-03-01T00:00', 'day'])
  for (const range of ['', 'constructor', 'year']) assert.equal(timeOf({ range }, NOW).id, 'month')
  assert.deepEqual(TIMES.map((range) => timeOf({ range }, NOW).id), [...TIMES])
})

test('a time that is not of whole days says its hours', () => {
  assert.deepEqual(hoursOf(timeOf({ range: '24h' }, NOW)), ['2026-03-30 23:00', '2026-03-31 23:00'])
  for (const range of ['7d', 'month']) assert.equal(hoursOf(timeOf({ range }, NOW)), null)
  assert.equal(hoursOf(timeOf({ range: '24h' }, Date.parse('2026-03-31T23:40:00Z'))), null)
})

test('the month before January is December', () => {
  assert.deepEqual(spans({ range: 'last-month' }, Date.parse('2027-01-01T00:00:00Z')), [
    '2026-12-01T00:00', '2027-01-01T00:00', 'day',
  ])
})

test('days that somebody chose count whole, and what is no day counts for nothing', () => {
  assert.deepEqual(spans({ range: '7d', from: '2026-01-01', to: '2026-01-31' }), ['2026-01-01T00:00', '2026-02-01T00:00', 'day'])
  assert.deepEqual(spans({ from: '2026-03-31' }), ['2026-03-31T00:00', '2026-03-31T22:40', 'hour'])
  assert.deepEqual(spans({ to: '2026-01-31' }), ['2026-01-02T00:00', '2026-02-01T00:00', 'day'])
  assert.equal(timeOf({ from: '2026-01-01' }, NOW).id, null)
  for (const from of ['2026-02-30x', 'soon', '0001-01-01', '2026-99-01']) assert.equal(timeOf({ from }, NOW).id, 'month')
})

test('the days of a time are told as people count them', () => {
  assert.deepEqual(daysOf(timeOf({ range: 'month' }, NOW)), ['2026-03-01', '2026-03-31'])
  assert.deepEqual(daysOf(timeOf({ from: '2026-01-01', to: '2026-01-01' }, NOW)), ['2026-01-01', '2026-01-01'])
})

test('groups are made by site unless something else is chosen', () => {
  assert.deepEqual([undefined, 'colour', 'driver'].map(wayNamed), ['site', 'site', 'driver'])
  for (const way of WAYS) assert.ok(texts.money.ways[way] && texts.money.without[way])
})

test('a file is asked for with the filters of its list', () => {
  assert.equal(exportOf('sessions', 'csv', {}), 'api/v1/exports/sessions.csv')
  assert.equal(exportOf('tickets', 'json', { q: 'a b', from: '2026-01-01T00:00:00Z' }),
    'api/v1/exports/tickets.json?q=a+b&from=2026-01-01T00%3A00%3A00Z')
})

test('what is held is worth what is known of it', () => {
  const bill = (kwh: number, tariff: string | null) => ({ kwh, euros_per_kwh: 0.5, tariff }) as HeldBill
  assert.equal(heldEuros([bill(10, null), bill(-3, null), bill(8, 'day@1')]), 5)
  assert.equal(heldEuros([]), 0)
})

test('a share is in percent with one decimal, and none where nothing was billed', () => {
  assert.deepEqual([share(1, 3), share(3, 3), share(1, 0)], [33.3, 100, 0])
})

test('how many groups and bills there are is told in a sentence', () => {
  assert.equal(texts.money.heldBills(1), '1 bill in doubt, of any time')
  assert.equal(texts.money.heldBills(2), '2 bills in doubt, of any time')
  assert.equal(texts.money.moreGroups(100, 250), 'The first 100 of 250, those with the most money.')
})
