import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathOf, qrOf } from '../src/panel/qr.ts'

test('dark modules stand in runs', () => {
  assert.equal(pathOf([[true, true, false], [false, false, true]]), 'M0 0h2v1H0zM2 1h1v1H2z')
  assert.equal(pathOf([[false]]), '')
})

test('a code has a quiet zone of four modules and its three corners', async () => {
  const { size, path } = await qrOf('http://central.example/#/points/CP-001')
  assert.ok(size >= 21 + 2 * 4)
  for (const corner of [`M4 4h7v1`, `M${size - 11} 4h7v1`, `M4 ${size - 11}h7v1`]) assert.ok(path.includes(corner), corner)
  assert.doesNotMatch(path, /M[0-3] |M\d+ [0-3]h/)
})
