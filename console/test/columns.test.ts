import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PointView } from '../src/central/contract.ts'
import { csvOf, nextOrder, ordered, orderNamed, type Sort } from '../src/pages/points/columns.ts'
import { viewNamed } from '../src/pages/points/views.ts'
import { wantedOf } from '../src/panel/rules.ts'
import { point, session } from './views.ts'

/** The IDs of points in an order. */
function sorted(views: PointView[], by: Sort, isDown = false): string[] {
  return ordered(views.map((view) => view.cp_id), views, { by, isDown })
}

const VIEWS = [
  point({ cp_id: 'A', state: 'STOPPED', since: '2026-01-03T00:00:00Z', session: session({ driver_id: 'zoe' }) }),
  point({ cp_id: 'B', state: 'ACTIVATED', since: '2026-01-01T00:00:00Z', last_seen: '2026-01-01T00:00:00Z' }),
  point({ cp_id: 'C', state: 'STOPPED', since: '2026-01-02T00:00:00Z', session: session({ driver_id: 'ann' }) }),
]

test('rows stand in the order of a column, alike ones by their ID', () => {
  assert.deepEqual(sorted(VIEWS, 'id', true), ['C', 'B', 'A'])
  assert.deepEqual(sorted(VIEWS, 'state'), ['B', 'A', 'C'])
  assert.deepEqual(sorted(VIEWS, 'state', true), ['A', 'C', 'B'])
  assert.deepEqual(sorted(VIEWS, 'since'), ['B', 'C', 'A'])
})

test('points of which a column says nothing stand at the end', () => {
  assert.deepEqual(sorted(VIEWS, 'driver'), ['C', 'A', 'B'])
  assert.equal(sorted(VIEWS, 'seen')[0], 'B')
})

test('an address names an order, and one that it does not know is by ID', () => {
  assert.deepEqual(orderNamed('-since'), { by: 'since', isDown: true })
  assert.deepEqual([orderNamed('toString'), orderNamed(undefined)], Array(2).fill({ by: 'id', isDown: false }))
})

test('a column is pressed once for its order, again for the other way, and again for the order by ID', () => {
  const pressed = (now: string, by: Sort) => nextOrder(orderNamed(now), by)
  assert.deepEqual([pressed('', 'state'), pressed('state', 'state'), pressed('-state', 'state')], ['state', '-state', ''])
  assert.deepEqual([pressed('', 'id'), pressed('-id', 'id'), pressed('state', 'id')], ['-id', '', ''])
})

test('a file of points is for a spreadsheet, and holds no formula', () => {
  const [head, line, end] = csvOf([point({ cp_id: 'CP-1', location: '=SUM(A1), "Bay"' })]).split('\r\n')
  assert.equal(head!.split(',')[0], 'cp_id')
  assert.ok(line!.includes('"\'=SUM(A1), ""Bay"""'))
  assert.equal(end, '')
})

test('many points are seen as a table, unless the address says otherwise', () => {
  assert.deepEqual([viewNamed(undefined, 10), viewNamed(undefined, 61), viewNamed('cards', 61)], ['cards', 'table', 'cards'])
  assert.equal(viewNamed('nothing', 1), 'cards')
})

test('without a filter all points are wanted, as they are', () => {
  const points = [1, 2, 3]
  assert.equal(wantedOf(points, VIEWS, 'all', ' '), points)
  assert.deepEqual(wantedOf(points, VIEWS, 'stopped', ''), [1, 3])
  assert.deepEqual(wantedOf(points, VIEWS, 'all', 'zoe'), [1])
})
