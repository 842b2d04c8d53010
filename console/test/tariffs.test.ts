import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Element, Tariff } from '../src/central/views.ts'
import { formOf, jsonOf, pricesOf, summaryOf, tariffIn, tariffOf, termsOf, whenOf } from '../src/pages/tariffs/tariff.ts'

const GAP = '\u202f'

const NOTHING: Element = {
  session_micro_euros: null,
  energy_micro_euros_per_kwh: null,
  charging_micro_euros_per_minute: null,
  charging_micro_euros_per_hour: null,
  idle_micro_euros_per_minute: null,
  idle_micro_euros_per_hour: null,
  local_from: null,
  local_to: null,
  weekdays: [],
  from_date: null,
  until_date: null,
  min_mwh: null,
  max_mwh: null,
  min_s: null,
  max_s: null,
  min_w: null,
  max_w: null,
}

const DAY: Tariff = {
  version_id: 'day@1',
  zone: 'Europe/Madrid',
  elements: [{ ...NOTHING, energy_micro_euros_per_kwh: 250_000, idle_micro_euros_per_minute: 50_001 }],
  idle_grace_s: 0,
  idle_cap_micro_euros: null,
  least_micro_euros: 0,
  most_micro_euros: null,
  vat_permille: 210,
  late_cancel_micro_euros: 0,
  no_show_micro_euros: 0,
}

const FORM = { energy: '0.25', charging: '', idle: '0,050001', session: '', vat: '21', zone: 'Europe/Madrid' }

test('the prices of an element stand in the order of a bill, with their units', () => {
  const element = { ...NOTHING, session_micro_euros: 1_000_000, charging_micro_euros_per_hour: 2_500_000 }
  assert.deepEqual(pricesOf(element), [
    ['Session fee', `€${GAP}1.00`],
    ['Charging time', `€${GAP}2.50/h`],
  ])
})

test('when an element counts is said in words', () => {
  assert.deepEqual(whenOf(NOTHING), [])
  const element: Element = {
    ...NOTHING, local_from: '22:00', weekdays: ['SATURDAY', 'SUNDAY'], until_date: '2027-01-01', min_mwh: 5_000_000,
    max_s: 5400, min_w: 11_000, max_w: 50_000,
  }
  assert.deepEqual(whenOf(element), [
    '22:00 to 24:00', 'Saturday, Sunday', 'until before 2027-01-01', `from 5${GAP}kWh on`, `up to 90${GAP}min`,
    `from 11${GAP}kW to 50${GAP}kW`,
  ])
})

test('what holds for a whole tariff is said where it holds', () => {
  assert.deepEqual(termsOf(DAY), [['VAT', `21${GAP}%`], ['Time zone', 'Europe/Madrid']])
  const terms = termsOf({ ...DAY, vat_permille: 0, idle_grace_s: 90, idle_cap_micro_euros: 10_000_000 })
  assert.deepEqual(terms, [
    ['VAT', 'none'], ['Time zone', 'Europe/Madrid'], ['Idle time is free for', `90${GAP}s`],
    ['Idle time costs at most', `€${GAP}10.00`],
  ])
})

test('a tariff of one element stands in one line', () => {
  assert.equal(summaryOf(DAY), `Energy €${GAP}0.25/kWh, Idle time €${GAP}0.050001/min`)
  assert.equal(summaryOf({ ...DAY, elements: [NOTHING, NOTHING] }), '2 elements')
})

test('what is typed becomes a tariff exactly, and a tariff what is typed', () => {
  const made = tariffOf(FORM)
  assert.ok(typeof made !== 'string')
  assert.deepEqual([made.zone, made.vat_permille], ['Europe/Madrid', 210])
  assert.deepEqual({ ...NOTHING, ...made.elements[0] }, DAY.elements[0])
  assert.deepEqual(formOf(DAY), { ...FORM, idle: '0.050001' })
})

test('an invalid amount or percentage is reported', () => {
  for (const energy of ['free', '-1', '0.0000001', '1e3']) assert.match(String(tariffOf({ ...FORM, energy })), /amount/)
  for (const vat of ['', '21.05', 'x']) assert.match(String(tariffOf({ ...FORM, vat })), /percentage/)
})

test('a tariff that the short form cannot say is left to JSON', () => {
  assert.equal(formOf({ ...DAY, idle_grace_s: 60 }), null)
  assert.equal(formOf({ ...DAY, elements: [...DAY.elements, NOTHING] }), null)
  assert.equal(formOf({ ...DAY, elements: [{ ...NOTHING, local_from: '22:00' }] }), null)
  assert.equal(formOf({ ...DAY, elements: [{ ...NOTHING, idle_micro_euros_per_hour: 1 }] }), null)
})

test('JSON leaves out what is so by default, and reads back as the same', () => {
  assert.deepEqual(tariffIn(jsonOf(DAY)), {
    zone: 'Europe/Madrid',
    elements: [{ energy_micro_euros_per_kwh: 250_000, idle_micro_euros_per_minute: 50_001 }],
    vat_permille: 210,
  })
  for (const text of ['[]', 'null', '3']) assert.match(String(tariffIn(text)), /object/)
  assert.match(String(tariffIn('{')), /This is not JSON/)
})
