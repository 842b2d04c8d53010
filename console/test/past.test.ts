import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PastState, StatesView, WeekHourView } from '../src/central/views.ts'
import { barAt, bars, busiest, chargingShare, HOURS, knownSeconds, lengths, moved, percent, since, squares } from '../src/panel/past.ts'
import { RANGES } from '../src/panel/ranges.ts'

const NOON = Date.parse('2026-01-31T12:00:00Z')
const at = (minutes: number) => new Date(NOON + minutes * 60_000).toISOString()

/** States of a time, each with how many minutes it lasted. */
function told(...lasted: [PastState, number][]): StatesView {
  const seconds = { free: 0, charging: 0, occupied: 0, stopped: 0, faulty: 0, offline: 0, unknown: 0 }
  let minute = 0
  const spans = lasted.map(([state, minutes]) => {
    seconds[state] += minutes * 60
    minute += minutes
    return { state, begins_at: at(minute - minutes), ends_at: at(minute) }
  })
  return {
    cp_id: 'CP-1', begins_at: at(0), ends_at: at(minute), is_exact: true, spans, availability: { uptime: null, seconds },
  }
}

function week(values: Record<number, number | null>): WeekHourView[] {
  return Array.from({ length: 168 }, (_, number) => ({
    weekday: 'MONDAY', hour: number % HOURS, hours: 1, kwh: 0, kw: number in values ? values[number]! : 0, share: null,
  }))
}

test('a range of states begins a whole range ago', () => {
  assert.deepEqual(
    RANGES.map((range) => since(range, NOON).toISOString()),
    ['2026-01-30T12:00:00.000Z', '2026-01-24T12:00:00.000Z', '2026-01-01T12:00:00.000Z'],
  )
})

test('what is not all of the time never reads as if it were', () => {
  const shown = [0, 0.0001, 0.31, 0.9822, 0.99999, 1].map(percent)
  assert.deepEqual(shown, ['0\u202f%', '0.1\u202f%', '31\u202f%', '98.2\u202f%', '99.9\u202f%', '100\u202f%'])
})

test('spans stand side by side, each as wide as it lasted', () => {
  const drawn = bars(told(['free', 30], ['charging', 60], ['offline', 30]))
  assert.deepEqual(drawn.map(({ at: from, width }) => [from, width]), [[0, 25], [25, 50], [75, 25]])
  assert.deepEqual([-5, 0, 24.9, 25, 80, 100, 120].map((place) => barAt(drawn, place)), [0, 0, 0, 1, 2, 2, 2])
})

test('only states that were are told, and charging is of what is known', () => {
  const some = told(['unknown', 60], ['free', 30], ['charging', 30])
  assert.deepEqual(lengths(some).map(({ state, seconds }) => [state, seconds]), [['free', 1800], ['charging', 1800], ['unknown', 3600]])
  assert.equal(knownSeconds(some), 3600)
  assert.equal(chargingShare(some), 0.5)
  assert.equal(chargingShare(told(['unknown', 60])), null)
})

test('arrow keys go from one to the next and not beyond the ends', () => {
  const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'Enter', 'constructor']
  assert.deepEqual(keys.map((key) => moved(key, 30, 168, 24)), [29, 31, 6, 54, 0, 167, null, null])
  assert.deepEqual([moved('ArrowLeft', 0, 3), moved('ArrowRight', 2, 3), moved('ArrowDown', 150, 168, 24)], [0, 2, 150])
})

test('a square is the larger and the darker the more there is', () => {
  const drawn = squares(week({ 3: 10, 30: 40, 31: null }), ({ kw }) => kw)
  assert.deepEqual([drawn[3]!.day, drawn[3]!.hour, drawn[30]!.day, drawn[30]!.hour], [0, 3, 1, 6])
  assert.deepEqual([drawn[3]!.level, drawn[30]!.level, drawn[0]!.level], [1, 4, 0])
  assert.deepEqual([drawn[3]!.size.toFixed(2), drawn[30]!.size, drawn[0]!.size, drawn[31]!.value], ['0.65', 1, 0, null])
  assert.equal(busiest(drawn), 30)
  assert.equal(busiest(squares(week({}), ({ kw }) => kw)), null)
})
