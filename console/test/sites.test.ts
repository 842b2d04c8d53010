import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QueueEntryView } from '../src/central/views.ts'
import {
  addCounts, countOf, countSites, degrees, foundSites, noPoints, queueState, queueWish, siteOrderNamed, sortedSites, titleOf, worstOf,
} from '../src/panel/sites.ts'
import { point, site } from './views.ts'

test('points are counted by site and state, and those of no site are not', () => {
  const counts = countSites([
    point({ cp_id: 'A', site_id: 'S-1' }),
    point({ cp_id: 'B', site_id: 'S-1', state: 'FAULT' }),
    point({ cp_id: 'C', site_id: 'S-2' }),
    point({ cp_id: 'D' }),
  ])
  assert.deepEqual([...counts.keys()], ['S-1', 'S-2'])
  assert.deepEqual(counts.get('S-1'), { ...noPoints(), ACTIVATED: 1, FAULT: 1 })
  assert.equal(countOf(addCounts([...counts.values()])), 3)
})

test('a site is seen by its worst state, and one without points by none', () => {
  const worst = (counts: object) => worstOf({ ...noPoints(), ...counts })
  assert.equal(worst({ ACTIVATED: 9, SUPPLYING: 1 }), 'SUPPLYING')
  assert.equal(worst({ ACTIVATED: 9, STOPPED: 1, DISCONNECTED: 1 }), 'DISCONNECTED')
  assert.equal(worst({ SUPPLYING: 9, FAULT: 1 }), 'FAULT')
  assert.equal(worst({}), null)
})

test('sites are called by their name, and found by ID, name and address', () => {
  const some = [site('S-1', { name: 'North', address: 'Calle Mayor 1' }), site('S-2')]
  assert.deepEqual(some.map(titleOf), ['North', 'S-2'])
  for (const [text, found] of [['', 2], ['north ', 1], ['MAYOR', 1], ['s-', 2], ['x', 0]] as const) {
    assert.equal(foundSites(some, text).length, found, text)
  }
})

test('sites are sorted by name, by figures from the largest on, and by trouble', () => {
  const some = [site('S-1', { name: 'Z', kwh: 1 }), site('S-2', { name: 'A', kwh: 3 }), site('S-3', { euros: 2 })]
  const counts = new Map([['S-3', { ...noPoints(), DISCONNECTED: 9 }], ['S-2', { ...noPoints(), FAULT: 1 }]])
  const sorted = (name: string) => sortedSites(some, siteOrderNamed(name), counts).map(({ site_id: id }) => id)
  assert.deepEqual(sorted('name'), ['S-2', 'S-3', 'S-1'])
  assert.deepEqual(sorted('kwh'), ['S-2', 'S-1', 'S-3'])
  assert.deepEqual(sorted('euros')[0], 'S-3')
  assert.deepEqual(sorted('points')[0], 'S-3')
  assert.deepEqual(sorted('trouble'), ['S-2', 'S-3', 'S-1'])
  assert.deepEqual(sorted('nonsense'), ['S-1', 'S-2', 'S-3'])
})

test('degrees are typed with a point or a comma, and what is no number is none', () => {
  assert.deepEqual(['40.4168', '-3,70381234', '+5', ' 7 ', ''].map(degrees), [40.4168, -3.703812, 5, 7, null])
  for (const text of ['north', '1e3', '40°', 'NaN', 'Infinity', '1.2.3']) assert.ok(Number.isNaN(degrees(text)), text)
})

test('who waits says for how much, and which point is kept for them until when', () => {
  const wish = (kwh: number | null, minutes: number | null) => queueWish({ kwh, minutes })
  assert.deepEqual([wish(10.5, null), wish(null, 45), wish(null, null)], ['10.500\u202fkWh', '45\u202fmin', 'no amount named'])
  const entry = (change: Partial<QueueEntryView>) =>
    queueState({ status: 'QUEUED', cp_id: null, until: null, ...change } as QueueEntryView)
  assert.equal(entry({}), 'waits for a point')
  assert.match(entry({ status: 'OFFERED', cp_id: 'CP-1', until: '2026-01-01T12:03:00Z' }), /^CP-1 is kept until \d\d:03:00$/)
  assert.equal(entry({ status: 'HOLDING', cp_id: 'CP-1' }), 'CP-1 is about to be kept')
  assert.equal(entry({ status: 'STARTING', cp_id: 'CP-1' }), 'CP-1 begins')
})
