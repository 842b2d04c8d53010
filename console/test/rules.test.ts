import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  countGroups, endedByStop, groupNamed, idleFor, idleSession, isOld, isWanted, mayStopAfter, offeredOrders, ongoing, orderKey, readMoment, OLD_MS,
} from '../src/panel/rules.ts'
import { point, session } from './views.ts'

const byKey = (a: string, b: string) => (orderKey(a) < orderKey(b) ? -1 : 1)

test('a point promised to a driver waits, and is not counted as free', () => {
  const counts = countGroups([point(), point({ session: session({ status: 'AUTHORISED' }) })])
  assert.deepEqual([counts.all, counts.free, counts.waiting, counts.supplying], [2, 1, 1, 0])
})

test('every state has its counter', () => {
  const states = ['ACTIVATED', 'SUPPLYING', 'STOPPED', 'FAULT', 'DISCONNECTED', 'UNKNOWN'] as const
  const counts = countGroups(states.map((state) => point({ state })))
  assert.deepEqual(
    counts,
    { all: 6, free: 1, waiting: 0, supplying: 1, occupied: 0, stopped: 1, fault: 1, disconnected: 1, unknown: 1 },
  )
})

test('a point whose vehicle has not left is occupied, and neither free nor waiting', () => {
  const idle = point({ session: session({ status: 'IDLE', ended_at: '2026-01-01T00:10:00Z' }) })
  const counts = countGroups([idle, point({ occupied: true })])
  assert.deepEqual([counts.all, counts.occupied, counts.free, counts.waiting], [2, 2, 0, 0])
  assert.equal(idleSession(idle)?.driver_id, 'driver-alice')
  assert.equal(idleSession(point({ session: session() })), null)
})

test('idle time is counted by the clock of Central', () => {
  const idle = session({ status: 'IDLE', ended_at: '2026-01-01T00:10:00Z' })
  assert.equal(idleFor(idle, Date.parse('2026-01-01T00:12:30Z')), 150_000)
  assert.equal(idleFor(idle, Date.parse('2026-01-01T00:09:00Z')), 0)
  assert.equal(idleFor(session(), Date.parse('2026-01-01T00:12:30Z')), 0)
})

test('the filter looks for ID, location, site and driver without regard to case', () => {
  const busy = point({ site_id: 'SITE-7', state: 'SUPPLYING', session: session() })
  for (const text of ['', '  cp-001 ', 'MAYOR', 'site-7', 'alice']) assert.ok(isWanted(busy, 'supplying', text), text)
  assert.ok(!isWanted(busy, 'supplying', 'bob'))
  assert.ok(!isWanted(busy, 'free', ''))
})

test('a group that nobody knows is all of them', () => {
  assert.deepEqual(['fault', 'nope', 'toString', undefined].map(groupNamed), ['fault', 'all', 'all', 'all'])
})

test('the newest request stands first', () => {
  const early = point({ cp_id: 'A', session: session() })
  const late = point({ cp_id: 'B', session: session({ requested_at: '2026-01-01T00:05:00Z' }) })
  assert.deepEqual(ongoing([early, point(), late]).map((view) => view.cp_id), ['B', 'A'])
})

test('points are ordered as people count', () => {
  assert.deepEqual(['CP-10', 'cp-3', 'CP-2', 'CP-1'].sort(byKey), ['CP-1', 'CP-2', 'cp-3', 'CP-10'])
})

test('ids that look alike to a collator still have one order', () => {
  assert.notEqual(orderKey('CP-1'), orderKey('CP-01'))
})

test('a state is old only after ten seconds', () => {
  assert.deepEqual([isOld(0, OLD_MS), isOld(0, OLD_MS + 1)], [false, true])
})

test('an automatic point keeps the rarer orders in its menu', () => {
  assert.deepEqual(offeredOrders(point()), { onCard: ['stop'], inMenu: ['plug', 'fault'] })
})

test('a manual point shows every order on its card', () => {
  assert.deepEqual(offeredOrders(point({ manual: true })), { onCard: ['stop', 'plug', 'fault'], inMenu: [] })
})

test('a plugged or supplying point can be unplugged, not plugged again', () => {
  const orders = [point({ plugged: true }), point({ state: 'SUPPLYING', session: session() })].map(offeredOrders)
  for (const { inMenu } of orders) assert.deepEqual(inMenu, ['unplug', 'fault'])
})

test('a stopped point is resumed, a broken one recovered, a disconnected one out of reach', () => {
  assert.deepEqual(offeredOrders(point({ state: 'STOPPED', stopped: true })).onCard, ['resume'])
  assert.deepEqual(offeredOrders(point({ state: 'FAULT' })).inMenu, ['recover'])
  assert.deepEqual(offeredOrders(point({ state: 'DISCONNECTED' })), { onCard: ['stop'], inMenu: [] })
})

test('a point that stops after its supply is kept in service on its card, and stopped at once from its menu', () => {
  const running = point({ state: 'SUPPLYING', session: session() })
  const finishing = { ...running, stopped: true, finishing: true }
  assert.deepEqual([point(), running, finishing].map(mayStopAfter), [false, true, false])
  assert.equal(mayStopAfter(point({ session: session({ status: 'AUTHORISED' }) })), true)
  assert.equal(mayStopAfter(point({ session: session({ status: 'IDLE' }) })), false)
  assert.deepEqual(offeredOrders(finishing), { onCard: ['resume'], inMenu: ['stop', 'unplug', 'fault'] })
})

test('a stop ends a running supply, and nothing else that is asked about first', () => {
  assert.equal(endedByStop(point()), null)
  assert.equal(endedByStop(point({ session: session({ status: 'AUTHORISED' }) })), null)
  const running = session()
  for (const state of ['SUPPLYING', 'FAULT', 'DISCONNECTED'] as const) {
    assert.equal(endedByStop(point({ state, session: running })), running)
  }
})

test('figures are as old as Central says by its own clock, whatever the browser thinks that it is', () => {
  const heard = { at: 5_000_000, ts: '2030-01-01T00:00:10Z' }
  assert.equal(readMoment({ read_at: '2030-01-01T00:00:03Z' }, heard), 5_000_000 - 7_000)
  assert.equal(readMoment({ read_at: '2030-01-01T00:00:11Z' }, heard), 5_000_000)
  assert.equal(readMoment({ read_at: null }, heard), 5_000_000)
  assert.equal(readMoment(null, heard), 5_000_000)
})
