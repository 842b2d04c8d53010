import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  hashOfView, LONGEST_NAME, MOST_VIEWS, nameIn, renamed, type SavedView, viewsIn, withoutView, withView,
} from '../src/shell/saved.ts'

const faults: SavedView = { name: 'Faults', page: 'points', query: { state: 'fault', sort: '-since' } }
const held: SavedView = { name: 'Faults', page: 'sessions', query: { status: 'SUSPECT' } }

test('a view is saved, and another one of that name on that page takes its place', () => {
  const other = { ...faults, query: { q: 'CP-1' } }
  assert.deepEqual(withView(withView([faults], held), other), [other, held])
})

test('a view is renamed, unless another one of its page is called so, and removed', () => {
  const free = { ...faults, name: 'Free' }
  assert.deepEqual(renamed([faults, held], faults, 'Free'), [free, held])
  assert.deepEqual(renamed([faults], faults, 'Faults'), [faults])
  assert.equal(renamed([faults, free], faults, 'Free'), null)
  assert.deepEqual(withoutView([faults, held], faults), [held])
})

test('a view leads to the same address in whichever order its filters were chosen', () => {
  assert.equal(hashOfView(faults), '#/points?sort=-since&state=fault')
  assert.equal(hashOfView({ ...faults, query: { sort: '-since', state: 'fault' } }), hashOfView(faults))
})

test('what a browser keeps is read with care', () => {
  assert.deepEqual(viewsIn(JSON.stringify([faults, held])), [faults, held])
  for (const kept of [null, '', '{', '7', '{}', '[null, 7, {}]', JSON.stringify([{ ...faults, page: '//evil' }])]) {
    assert.deepEqual(viewsIn(kept), [], String(kept))
  }
  assert.deepEqual(viewsIn(JSON.stringify([{ ...faults, query: { q: 7 } }, { ...faults, name: ' ' }])), [])
  assert.equal(viewsIn(JSON.stringify(Array(100).fill(faults))).length, MOST_VIEWS)
})

test('a name is a line of some length', () => {
  assert.equal(nameIn('  Night   shift '), 'Night shift')
  assert.equal(nameIn('  '), null)
  assert.equal(nameIn('x'.repeat(LONGEST_NAME + 1)), null)
})
