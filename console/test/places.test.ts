import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MOST, placeNamed, suggested } from '../src/pages/tariffs/places.ts'

const points = Array.from({ length: 10_000 }, (_, place) => `CP-${place}`)
const sites = ['CP-site', 'harbour']
const known = { points, sites }

test('a point or a site is named by its whole ID', () => {
  assert.deepEqual(placeNamed(' CP-17 ', known), { kind: 'point', id: 'CP-17' })
  assert.deepEqual(placeNamed('harbour', known), { kind: 'site', id: 'harbour' })
  assert.equal(placeNamed('CP-', known), null)
  assert.equal(placeNamed('', known), null)
})

test('suggestions are no more than can be read, sites first', () => {
  const found = suggested('cp-', known)
  assert.equal(found.length, MOST)
  assert.deepEqual(found.slice(0, 2), ['CP-site', 'CP-0'])
  assert.deepEqual(suggested('9999', known), ['CP-9999'])
  assert.deepEqual(suggested('nowhere', known), [])
})
