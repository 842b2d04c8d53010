import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PointView, Price, PriceLine, TicketView } from '../src/central/views.ts'
import { type Fact, receiptFacts, ticketFacts } from '../src/pages/sessions/facts.ts'
import { money, nameOf, priceRows, quantityOf, shortRows, sumRows, unitPriceOf } from '../src/pages/sessions/price.ts'

const MINUTE_US = 60_000_000

const plain = (text: string) => text.replaceAll('\u202f', ' ')

function line(component: string, change: Partial<PriceLine> = {}): PriceLine {
  return { component, micro_euros: 0, element: 1, quantity: 0, unit_micro_euros: 0, per: 0, ...change }
}

const energy = line('energy', { quantity: 18_333, unit_micro_euros: 200_000, per: 1_000_000, micro_euros: 3_667 })
const idle = line('idle_time', { quantity: 90_500_000, unit_micro_euros: 50_000, per: MINUTE_US, micro_euros: 75_417 })
const cap = line('idle_cap', { element: null, micro_euros: -25_417 })
const price: Price = { lines: [energy, idle, cap], net: 53_667, vat_permille: 210, vat: 11_270, gross: 64_937 }

const ticket: TicketView = {
  session_id: 's-1',
  driver_id: 'driver-ann',
  cp_id: 'CP-001',
  started_at: '2026-01-01T12:00:00Z',
  ended_at: '2026-01-01T12:00:06Z',
  kwh: 0.018333,
  euros_per_kwh: 0.2,
  euros: 0.064937,
  ended_by: 'supply complete',
  tariff: 'night@2',
  price,
  unplugged_at: null,
  reservation_id: null,
}

test('money has two decimals, or as many more as it has', () => {
  const amounts = [0, 1, 10, 500_000, 1_234_500, 1_000_000, 12_345_678, 1_234_000_000].map((each) => plain(money(each)))
  assert.deepEqual(amounts, [
    '€ 0.00', '€ 0.000001', '€ 0.00001', '€ 0.50', '€ 1.2345', '€ 1.00', '€ 12.345678', '€ 1,234.00',
  ])
})

test('money is exact to the last decimal however much it is, and below 0 it has a minus', () => {
  assert.equal(plain(money(9_007_199_254_740_991)), '€ 9,007,199,254.740991')
  assert.equal(plain(money(-25_417)), '\u2212€ 0.025417')
})

test('energy is said in kWh and time in minutes and seconds', () => {
  assert.equal(plain(quantityOf(energy)), '0.018333 kWh')
  const times = [0, 500_000, MINUTE_US, 90_500_000, 3_600_000_001].map((quantity) => quantityOf({ ...idle, quantity }))
  assert.deepEqual(times.map(plain), ['0 min', '0.5 s', '1 min', '1 min 30.5 s', '60 min 0.000001 s'])
})

test('a price is for a kWh, a minute, an hour or a session', () => {
  const hourly = line('charging_time', { unit_micro_euros: 1_500_000, per: 60 * MINUTE_US })
  const fee = line('session', { unit_micro_euros: 350_000, per: 1, quantity: 1 })
  assert.deepEqual([energy, idle, hourly, fee].map((each) => plain(unitPriceOf(each))), [
    '€ 0.20/kWh', '€ 0.05/min', '€ 1.50/h', '€ 0.35',
  ])
  assert.equal(quantityOf(fee), '1')
})

test('a limit has neither a quantity nor a price, only an amount', () => {
  const last = priceRows(price).at(-1)!
  assert.deepEqual({ ...last, amount: plain(last.amount) }, {
    name: 'Idle time costs no more', quantity: '', unit: '', amount: '\u2212€ 0.025417',
  })
})

test('a component without a word stands for itself', () => {
  assert.deepEqual(['parking', 'constructor'].map((each) => nameOf(line(each))), ['parking', 'constructor'])
})

test('the sums are net, VAT with its rate, and the total', () => {
  assert.deepEqual(sumRows(price).map((row) => row.map(plain)), [
    ['Net', '€ 0.053667'], ['VAT 21 %', '€ 0.01127'], ['Total', '€ 0.064937'],
  ])
  assert.equal(plain(sumRows({ ...price, vat_permille: 55 })[1]![0]), 'VAT 5.5 %')
})

test('a ticket with lines names its tariff, and any other its single price and its cost', () => {
  const names = (each: TicketView) => ticketFacts(each, 0).map(([name]) => name)
  assert.deepEqual(names(ticket), ['Energy', 'Tariff', 'Started', 'Ended', 'How it ended'])
  const single = { ...ticket, tariff: null, price: null }
  assert.deepEqual(names(single), ['Cost', 'Energy', 'Price', 'Started', 'Ended', 'How it ended'])
})

test('a receipt says where it was as far as that is known', () => {
  const facts = Object.fromEntries(receiptFacts(ticket, null))
  assert.ok(!('Site' in facts) && !('Station' in facts) && !('Location' in facts) && !('Cost' in facts))
  assert.deepEqual([facts.Driver, facts['Charging point'], facts.Tariff], ['driver-ann', 'CP-001', 'night@2'])
  const point = { site_id: 'north', station_id: 'north-1', location: 'Calle Mayor 1' } as PointView
  const known = Object.fromEntries(receiptFacts({ ...ticket, price: null }, point))
  assert.deepEqual([known.Site, known.Station, known.Location], ['north', 'north-1', 'Calle Mayor 1'])
  assert.ok('Cost' in known)
})

test('on a card each component stands once, with the VAT', () => {
  const twice: Price = { ...price, lines: [energy, { ...energy, element: 2 }, idle] }
  assert.deepEqual(shortRows(twice).map(([name, amount]) => [name, plain(amount)]), [
    ['Energy', '€ 0.0073'], ['Idle time', '€ 0.0754'], ['VAT', '€ 0.0113'],
  ])
  assert.deepEqual(shortRows({ ...price, lines: [], vat: 0 }), [])
})

test('until when a vehicle was plugged in stands on its ticket and receipt', () => {
  const names = (facts: Fact[]) => facts.map(([name]) => name)
  const stayed = { ...ticket, unplugged_at: '2026-01-01T12:05:00Z' }
  assert.ok(names(ticketFacts(stayed, 0)).includes('Plugged in until'))
  assert.ok(names(receiptFacts(stayed, null)).includes('Plugged in until'))
  assert.ok(!names(receiptFacts(ticket, null)).includes('Plugged in until'))
})
