import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountView } from '../src/central/access.ts'
import { accountState, isSought, linkSecret, meText, NEW_ROLES, roleName, ROLES, tokenOf } from '../src/panel/people.ts'

const ANN: AccountView = {
  account_id: 'a-1', name: 'Ann', role: 'admin', created_at: '2026-01-01T00:00:00Z', disabled_at: null, has_password: true,
}

test('a role reads as its word, and one that is new as Central calls it', () => {
  assert.deepEqual(['admin', 'janitor', 'constructor', null].map(roleName), [
    'Administrator', 'janitor', 'constructor', 'Somebody at this machine',
  ])
})

test('who is signed in is said by name, else by ID, with the role', () => {
  const who = { kind: 'person', id: 'a-1', role: 'admin', permissions: [] }
  assert.deepEqual(['ann', null].map((name) => meText({ ...who, name })), ['ann, administrator', 'a-1, administrator'])
})

test('an account that is disabled is, whether or not it has a password', () => {
  const at = '2026-01-02T00:00:00Z'
  const all = [ANN, { ...ANN, has_password: false }, { ...ANN, disabled_at: at }, { ...ANN, disabled_at: at, has_password: false }]
  assert.deepEqual(all.map(accountState), ['active', 'invited', 'disabled', 'disabled'])
})

test('people are sought by name and by role, in any case', () => {
  assert.deepEqual(['', ' ann', 'ADMIN', 'bob'].map((text) => isSought(ANN, text)), [true, true, true, false])
})

test('the token of a link is what stands after its #', () => {
  assert.deepEqual(['http://h:1/setup#abc', '/setup#abc', 'abc'].map(tokenOf), ['abc', 'abc', 'abc'])
})

test('an account is made for driving, and never becomes one', () => {
  assert.deepEqual(NEW_ROLES.filter((role) => !ROLES.includes(role)), ['driver'])
})

test('with the link of a driver comes what the driver does next, and with no other', () => {
  const here = { protocol: 'http:', hostname: 'h', port: '1' }
  assert.equal(linkSecret(ANN, 'http://h:1/setup#abc', here).next, undefined)
  const dora: AccountView = { ...ANN, account_id: 'driver-dora', name: 'Dora', role: 'driver' }
  const { title, secret, next } = linkSecret(dora, 'http://h:1/setup#abc', here)
  assert.deepEqual([title, secret], ['The link of Dora', 'http://h:1/setup#abc'])
  assert.equal(next?.command, 'evcharging driver login --name Dora --central-host h --central-port 1')
  assert.ok(next?.text.includes('driver-dora'))
})
