import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf } from '../src/central/refusal.ts'
import { ago, clock, date, duration, energy, euros, kilowattHours, kilowatts, moment, price, sentence } from '../src/panel/words.ts'

const plain = (text: string) => text.replaceAll('\u202f', ' ')

test('small amounts keep enough decimals to be seen to grow', () => {
  assert.deepEqual([0, 0.0183, 0.99994, 1, 9.9999, 10, 1234.5].map((amount) => plain(euros(amount))), [
    '€ 0.0000', '€ 0.0183', '€ 0.9999', '€ 1.000', '€ 10.000', '€ 10.00', '€ 1,234.50',
  ])
})

test('a price is shown whole', () => {
  const prices = [0.3, 0.2895, 1].map((each) => plain(price(each)))
  assert.deepEqual(prices, ['€ 0.30/kWh', '€ 0.2895/kWh', '€ 1.00/kWh'])
})

test('a reason alone begins a sentence', () => {
  assert.deepEqual([sentence('no answer'), sentence('')], ['No answer', ''])
})

test('power has one decimal and energy three', () => {
  assert.deepEqual([kilowatts(22), kilowattHours(0.0611)], ['22.0', '0.061'])
})

test('the energy of a bill is said whole, whatever it is', () => {
  assert.deepEqual([0.061111, -1.5, 0].map((each) => plain(energy(each))), ['0.061111 kWh', '-1.5 kWh', '0 kWh'])
})

test('a moment of today is its time, any other has its date', () => {
  const noon = new Date(2026, 0, 2, 12, 5, 9)
  const time = noon.toISOString()
  assert.equal(clock(time), '12:05:09')
  assert.equal(date(time), '2026-01-02')
  assert.equal(moment(time, noon.getTime()), '12:05:09')
  assert.equal(moment(time, noon.getTime() + 86_400_000), '2026-01-02 12:05:09')
})

test('a refusal is the detail of the problem, else its title, else the status', async () => {
  const said = async (body: string) => (await refusalOf(new Response(body, { status: 503 }))).message
  assert.equal(await said('{"title":"Busy","detail":"CP-001 is supplying."}'), 'CP-001 is supplying.')
  assert.equal(await said('{"title":"Busy"}'), 'Busy')
  assert.equal(await said('{"detail":[1]}'), 'Central answered with error 503.')
  assert.equal(await said('<html>'), 'Central answered with error 503.')
})

test('an age is shown in its largest whole unit', () => {
  assert.deepEqual([0, 3_999, 59_999, 60_000, 3_599_000, 7_200_000].map((ms) => plain(ago(ms))), [
    '0 s ago', '3 s ago', '59 s ago', '1 min ago', '59 min ago', '2 h ago',
  ])
})

test('a duration is shown in its two largest units', () => {
  assert.deepEqual([0, 59_999, 60_000, 3_599_000, 7_500_000].map((ms) => plain(duration(ms))), [
    '0 s', '59 s', '1 min 00 s', '59 min 59 s', '2 h 05 min',
  ])
})
