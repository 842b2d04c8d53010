import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SpanView } from '../src/central/views.ts'
import { attention } from '../src/pages/overview/attention.ts'
import { beginOf, change, figure, rangeNamed, RANGES, STEP_MS } from '../src/panel/ranges.ts'
import { dayBegins, dayOf } from '../src/panel/days.ts'
import { countGroups } from '../src/panel/rules.ts'
import { texts } from '../src/texts/index.ts'

const NOON = Date.parse('2026-01-31T12:00:00Z')
const spans = (...values: number[]): SpanView[] =>
  values.map((value, number) => ({ at: new Date(NOON + number * STEP_MS.hour).toISOString(), value }))

test('a range is found by its name, and a day is looked at without one', () => {
  assert.deepEqual(['7d', '30d', '24h', undefined, 'constructor'].map((name) => rangeNamed(name).id), ['7d', '30d', '24h', '24h', '24h'])
})

test('a range holds as many spans as it says, of which the last one is the one that goes on', () => {
  const [day, week, month] = RANGES.map((range) => beginOf(range, NOON).toISOString())
  assert.equal(day, '2026-01-30T13:00:00.000Z')
  assert.equal(week, '2026-01-24T13:00:00.000Z')
  assert.equal(month, '2026-01-02T12:00:00.000Z')
  assert.equal(beginOf(RANGES[0]!, NOON, 2).toISOString(), '2026-01-29T13:00:00.000Z')
})

test('a figure is the newest spans added up, beside as many before them', () => {
  assert.deepEqual(figure(spans(1, 2, 3, 4), 2), { now: 7, before: 3 })
  assert.deepEqual(figure(spans(5), 2), { now: 5, before: 0 })
  assert.deepEqual(figure([], 24), { now: 0, before: 0 })
})

test('a change is in percent of what was before, and none where there was nothing', () => {
  const changes = [[3, 2], [1, 2], [2, 2], [2, 0], [0, 0], [0, 4]].map(([now, before]) => change({ now: now!, before: before! }))
  assert.deepEqual(changes, [50, -50, 0, null, null, -100])
})

test('a change reads as more, less or as much', () => {
  const said = [12, -3, 0].map((percent) => texts.overview.compared(percent, '€ 1', 'the 7 days before'))
  assert.deepEqual(said, [
    '12 % more than in the 7 days before: € 1',
    '3 % less than in the 7 days before: € 1',
    'As much as in the 7 days before: € 1',
  ])
})

test('what needs attention leads to where it is listed, the worst first, and what is well is left out', () => {
  const counts = { ...countGroups([]), fault: 2, stopped: 1 }
  assert.deepEqual(attention(counts, 3, 1), [
    { trouble: 'alerts', count: 1, href: '#/alerts?state=open' },
    { trouble: 'fault', count: 2, href: '#/points?state=fault' },
    { trouble: 'held', count: 3, href: '#/sessions?status=SUSPECT' },
    { trouble: 'stopped', count: 1, href: '#/points?state=stopped' },
  ])
  assert.deepEqual(attention(countGroups([]), 0, 0), [])
})

test('the day of a moment begins before it, and the day after it begins later', () => {
  for (const at of ['2026-01-31T12:00:00Z', '2026-12-31T23:59:59Z', '2026-03-29T00:30:00Z']) {
    const day = dayOf(new Date(at))
    assert.ok(Date.parse(dayBegins(day, 0)!) <= Date.parse(at))
    assert.ok(Date.parse(dayBegins(day, 1)!) > Date.parse(at))
  }
})
