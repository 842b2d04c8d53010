import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOME, hashOf, readRoute } from '../src/shell/route.ts'

test('without a route the first page is seen', () => {
  for (const hash of ['', '#', '#/', '#/?', '#requests', '#?q=x']) {
    assert.deepEqual(readRoute(hash), { page: HOME, rest: [], query: {} }, hash)
  }
})

test('a route is a page, what of it, and its filters', () => {
  assert.deepEqual(readRoute('#/sessions/s-1?status=SUSPECT&q=ann'), {
    page: 'sessions', rest: ['s-1'], query: { status: 'SUSPECT', q: 'ann' },
  })
})

test('what is written into an address is read from it', () => {
  const said = { rest: ['a/b?c#d', 'é %'], query: { q: 'x & y=z+1 é/?#' } }
  assert.deepEqual(readRoute(hashOf('points', said)), { page: 'points', ...said })
})

test('filters without a value are not in the address', () => {
  assert.equal(hashOf('points', { query: { state: '', q: '' } }), '#/points')
  assert.equal(hashOf('points', { query: { state: 'fault', q: 'CP-1' } }), '#/points?state=fault&q=CP-1')
})

test('an address that is cut in an escape is read as it stands', () => {
  assert.deepEqual(readRoute('#/sessions/a%2?q=%E0%A'), {
    page: 'sessions', rest: ['a%2'], query: { q: new URLSearchParams('q=%E0%A').get('q') },
  })
  assert.equal(readRoute('#/%').page, '%')
})

test('further question marks belong to the filters, and a slash too many to nothing', () => {
  assert.deepEqual(readRoute('#/points//x/?q=a?b'), { page: 'points', rest: ['x'], query: { q: 'a?b' } })
})
