import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IdentityView, MachineKeyView } from '../src/central/access.ts'
import { keyLine, machineKeyState, qrPath, SCOPES, withoutKey } from '../src/panel/keys.ts'
import { dated } from '../src/panel/words.ts'
import { texts } from '../src/texts/index.ts'

const NOON = Date.parse('2026-01-01T12:00:00Z')
const EARLIER = '2026-01-01T11:00:00Z'
const LATER = '2026-01-01T13:00:00Z'

function key(change: Partial<IdentityView> = {}): IdentityView {
  return { kind: 'point', id: 'CP-001', version: 2, in_use: 2, older_until: null, revoked_at: null, ...change }
}

function machineKey(change: Partial<MachineKeyView> = {}): MachineKeyView {
  return {
    key_id: 'k1', label: 'billing', scopes: ['ledger:read'], created_by: 'a-1', created_at: EARLIER, expires_at: null,
    last_used_at: null, revoked_at: null, ...change,
  }
}

test('a point without a key, or whose key is revoked, is not enrolled', () => {
  const keys = [key(), key({ id: 'CP-002', revoked_at: EARLIER })]
  assert.deepEqual(withoutKey(['CP-001', 'CP-002', 'CP-003'], keys), ['CP-002', 'CP-003'])
})

test('what is said of a key is how far its rotation is', () => {
  assert.equal(keyLine(undefined, NOON, false), 'None: not enrolled')
  assert.equal(keyLine(undefined, NOON, true), 'None: it runs in Central’s own process')
  assert.equal(keyLine(key(), NOON, true), 'Version 2')
  assert.equal(keyLine(key({ in_use: 1, older_until: LATER }), NOON, true), `Version 2; the one before counts until ${dated(LATER)}`)
  assert.equal(keyLine(key({ in_use: 1, older_until: EARLIER }), NOON, true), 'Version 2, and the point still uses 1')
  assert.equal(keyLine(key({ revoked_at: EARLIER }), NOON, false), `Revoked ${dated(EARLIER)}`)
})

test('a machine key counts until it expires or is revoked', () => {
  const all = [{}, { expires_at: LATER }, { expires_at: EARLIER }, { expires_at: EARLIER, revoked_at: EARLIER }].map(machineKey)
  assert.deepEqual(all.map((each) => machineKeyState(each, NOON)), ['active', 'active', 'expired', 'revoked'])
})

test('no machine key makes people or other keys, and every scope has its meaning', () => {
  assert.ok(!SCOPES.includes('people:write'))
  assert.ok(SCOPES.every((scope) => texts.access.permissions[scope].length > 10))
})

test('a QR code is drawn from its path alone', () => {
  const path = '<path class="qrline" stroke="#000" d="M2 2.5h7m1 0h1"/>'
  assert.deepEqual(qrPath(`<svg width="19" height="19" class="segno">${path}</svg>`), { size: 19, lines: 'M2 2.5h7m1 0h1' })
  assert.deepEqual(qrPath(`<svg viewBox="0 0 19 19" class="segno">${path}</svg>`)?.size, 19)
  const ground = '<path fill="#fff" d="M0 0h19v19h-19z"/>'
  const scaled = `<svg width="76" height="76"><g transform="scale(4)">${ground}${path}</g></svg>`
  assert.deepEqual(qrPath(scaled), { size: 19, lines: 'M2 2.5h7m1 0h1' })
})

test('what is no QR code is not drawn', () => {
  for (const svg of ['', '<svg width="9"></svg>', '<svg width="0"><path stroke="#000" d="M1 1"/></svg>', '<svg width="9"><path stroke="#000" d="url(x)"/></svg>']) {
    assert.equal(qrPath(svg), null, svg)
  }
})
