import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionView } from '../src/central/views.ts'
import { sessionFacts } from '../src/pages/sessions/facts.ts'
import { asked, beganAt, cost, lasted, mayHaveTicket } from '../src/pages/sessions/session.ts'

const NOON = Date.parse('2026-01-01T12:00:00Z')

function session(change: Partial<SessionView> = {}): SessionView {
  return {
    session_id: 's-1',
    request_id: 'r-1',
    driver_id: 'driver-ann',
    cp_id: 'CP-001',
    status: 'COMPLETED',
    euros_per_kwh: 0.3,
    requested_at: '2026-01-01T11:59:59Z',
    started_at: '2026-01-01T12:00:00Z',
    ended_at: '2026-01-01T12:00:10Z',
    register_start_mwh: 0,
    register_stop_mwh: 2_000_000,
    kwh: 2,
    ended_by: 'supply complete',
    settled: null,
    tariff: null,
    unplugged_at: null,
    ...change,
  }
}

const waiting = session({ status: 'AUTHORISED', started_at: null, ended_at: null, kwh: null, ended_by: null })
const running = session({ status: 'SUPPLYING', ended_at: null, kwh: null, ended_by: null })

test('a session that has not begun stands where it was asked for', () => {
  assert.deepEqual([beganAt(session()), beganAt(waiting)], ['2026-01-01T12:00:00Z', '2026-01-01T11:59:59Z'])
})

test('a running session lasts until now, by a clock that may be slow, and one that never began has no duration', () => {
  assert.deepEqual([session(), running, waiting].map((each) => lasted(each, NOON + 3_000)), [10_000, 3_000, null])
  assert.equal(lasted(running, NOON - 3_000), 0)
})

test('nobody can say what a running session or one with less than nothing costs', () => {
  assert.deepEqual([session(), running, session({ kwh: -1 }), session({ tariff: 'night@1' })].map(cost), [0.6, null, null, null])
})

test('what a session with a tariff costs is said by its ticket alone', () => {
  const priced = session({ tariff: 'night@2' })
  assert.equal(cost(priced), null)
  assert.ok(sessionFacts(priced, null, NOON).some(([name, value]) => name === 'Tariff' && value === 'night@2'))
  assert.ok(sessionFacts(priced, null, NOON).every(([name]) => name !== 'Price' && name !== 'Cost'))
})

test('what began and ended has a ticket, unless its bill is held', () => {
  const all = [session(), session({ status: 'FAILED' }), session({ status: 'SUSPECT' }), running, waiting]
  assert.deepEqual(all.map(mayHaveTicket), [true, true, false, false, false])
})

test('only filters that Central understands are asked for', () => {
  assert.deepEqual(asked({}), {})
  assert.deepEqual(asked({ q: ' ann ', status: 'SUSPECT', other: 'x' }), { q: 'ann', status: 'SUSPECT' })
  assert.deepEqual(asked({ q: ' ', status: 'suspect', from: 'yesterday', to: '0002-01-01' }), {})
  assert.deepEqual(asked({ from: '2026-13-01' }), {})
})

test('days are whole days where the reader is, the last one included', () => {
  assert.deepEqual(asked({ from: '2026-01-31', to: '2026-01-31' }), {
    from: new Date(2026, 0, 31).toISOString(),
    to: new Date(2026, 1, 1).toISOString(),
  })
})

test('what is not known of a session is not said', () => {
  const names = (each: SessionView) => sessionFacts(each, null, NOON).map(([name]) => name)
  assert.ok(['Ended', 'Energy', 'Cost', 'How it ended'].every((name) => names(session()).includes(name)))
  assert.ok(['Ended', 'Energy', 'Cost', 'How it ended', 'Settled'].every((name) => !names(running).includes(name)))
})

test('an idle session has no ticket yet', () => {
  assert.equal(mayHaveTicket(session({ status: 'IDLE' })), false)
})
