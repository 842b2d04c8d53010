import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IncidentView, PointThenView, SessionThenView } from '../src/central/views.ts'
import {
  aheadOf, figuresAt, kwOf, marksOf, momentMs, movedBy, readingOf, shownAround, spanNamed, viewOf,
} from '../src/panel/then.ts'
import { countGroups } from '../src/panel/rules.ts'
import { replayOf } from '../src/shell/past.ts'

const NOON = Date.parse('2026-01-01T12:00:00Z')
const MINUTE = 60_000

const session = (change: Partial<SessionThenView> = {}): SessionThenView => ({
  session_id: 'S-1', request_id: 'R-1', driver_id: 'ann', status: 'SUPPLYING', requested_at: '2026-01-01T11:59:00Z',
  started_at: '2026-01-01T12:00:00Z', ended_at: null, kw: 24, kwh: 0, euros: 0,
  growth: {
    begins_at: '2026-01-01T12:00:00Z', ends_at: '2026-01-01T12:15:00Z', kwh_from: 1, kwh_to: 7, euros_from: 0.3, euros_to: 2.1,
  },
  ...change,
})

const point = (change: Partial<PointThenView> = {}): PointThenView => ({
  cp_id: 'CP-1', station_id: 'CP-1', site_id: null, location: 'Bay 1', euros_per_kwh: 0.3, state: 'SUPPLYING', free: false,
  since: '2026-01-01T12:00:00Z', reason: null, limit: null, session: session(), ...change,
})

const incident = (minute: number, kind: IncidentView['kind'] = 'alert'): IncidentView => ({
  incident_id: `I-${minute}`, at: new Date(NOON + minute * MINUTE).toISOString(), kind, cp_id: 'CP-1', session_id: null, text: '',
})

const near = (value: number, wanted: number) => assert.ok(Math.abs(value - wanted) < 1e-9, `${value} is not ${wanted}`)

test('a moment is the first whole millisecond at which it has come', () => {
  assert.equal(momentMs('2026-01-01T12:00:00Z'), NOON)
  assert.equal(momentMs('2026-01-01T12:00:00.123456Z'), NOON + 124)
  assert.equal(momentMs('2026-01-01T12:00:00.123000Z'), NOON + 123)
  for (const no of [undefined, '', 'yesterday', '12:00']) assert.equal(momentMs(no), null)
})

test('between two readings energy and money grow evenly, and not beyond', () => {
  const shares = [-1, 0, 5, 15, 20].map((minute) => figuresAt(session(), NOON + minute * MINUTE))
  for (const [place, kwh] of [1, 1, 3, 7, 7].entries()) {
    near(shares[place]!.kwh, kwh)
    near(shares[place]!.euros, kwh * 0.3)
  }
})

test('after the last reading the figures stay', () => {
  const last = session({ kw: null, growth: { ...session().growth!, ends_at: null } })
  assert.deepEqual(figuresAt(last, NOON + 90 * MINUTE), { kwh: 1, euros: 0.3 })
  assert.deepEqual(figuresAt(session({ growth: null, kwh: 2, euros: 3 }), NOON), { kwh: 2, euros: 3 })
})

test('what nobody knows of a point stays unknown, and is a group of its own', () => {
  const view = viewOf(point({ state: null, since: null, euros_per_kwh: null, session: null }), NOON)
  assert.equal(view.state, 'UNKNOWN')
  assert.deepEqual([view.kw_rate, view.plugged, view.last_seen, view.since, view.euros_per_kwh], [null, null, undefined, null, null])
  const counts = countGroups([view])
  assert.deepEqual([counts.unknown, counts.free, counts.disconnected], [1, 0, 0])
})

test('readings are of sessions that supplied or were idle, and add up to the power that is known', () => {
  assert.equal(readingOf(point({ session: null }), NOON), null)
  assert.equal(readingOf(point({ session: session({ status: 'AUTHORISED', growth: null }) }), NOON), null)
  near(readingOf(point(), NOON + 5 * MINUTE)!.kwh, 3)
  assert.equal(kwOf([point(), point({ session: session({ kw: null }) }), point({ session: null })]), 24)
})

test('the slider stays where it is until the moment leaves it, and ends now at the latest', () => {
  const day = 1_440 * MINUTE
  const first = shownAround(NOON, day, NOON + MINUTE, null)
  assert.deepEqual(first, { begin: NOON + MINUTE - day, end: NOON + MINUTE })
  assert.equal(shownAround(NOON - 60 * MINUTE, day, NOON + MINUTE, first), first)
  const far = shownAround(NOON - 5 * day, day, NOON, first)
  assert.deepEqual(far, { begin: NOON - 5.5 * day, end: NOON - 4.5 * day })
  assert.equal(shownAround(NOON, MINUTE, NOON + 5 * MINUTE, first).end, NOON + MINUTE / 2)
})

test('arrow keys go by the minute, page keys by the hour, and the ends have keys too', () => {
  const shown = { begin: NOON - 60 * MINUTE, end: NOON + 60 * MINUTE }
  const to = (key: string) => movedBy(key, NOON, shown)
  assert.deepEqual([to('ArrowLeft'), to('ArrowRight')], [NOON - MINUTE, NOON + MINUTE])
  assert.deepEqual([to('ArrowDown'), to('ArrowUp')], [NOON - MINUTE, NOON + MINUTE])
  assert.deepEqual([to('PageDown'), to('PageUp')], [NOON - 60 * MINUTE, NOON + 60 * MINUTE])
  assert.deepEqual([to('Home'), to('End')], [shown.begin, shown.end])
  assert.deepEqual([to('a'), to('constructor')], [null, null])
})

test('incidents of one place are one mark, of the gravest of them', () => {
  const shown = { begin: NOON, end: NOON + 240 * MINUTE }
  const marks = marksOf([incident(1), incident(1, 'fault'), incident(1.5, 'offline'), incident(60), incident(500)], shown)
  assert.deepEqual(marks, [
    { place: 100 / 240, kind: 'fault', count: 3 },
    { place: 25, kind: 'alert', count: 1 },
  ])
})

test('what is asked ahead lasts some seconds, and an hour at most', () => {
  assert.deepEqual([aheadOf(1), aheadOf(10), aheadOf(60), aheadOf(600)], [60_000, 200_000, 1_200_000, 3_600_000])
})

test('a span is the one that an address names, else a day', () => {
  assert.deepEqual(['1h', '7d', undefined, 'constructor', '2h'].map(spanNamed), ['1h', '7d', '24h', '24h', '24h'])
})

test('a moment has an address, with a point or without', () => {
  assert.equal(replayOf('2026-01-01T12:00:00Z'), '#/replay?at=2026-01-01T12%3A00%3A00Z')
  assert.equal(replayOf('2026-01-01T12:00:00Z', 'CP 1'), '#/replay/CP%201?at=2026-01-01T12%3A00%3A00Z')
})
