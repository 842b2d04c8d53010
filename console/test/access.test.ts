import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessView, Who } from '../src/central/access.ts'
import { isThisMachine, mayDo, stageOf, tokenIn, workerOf } from '../src/shell/stage.ts'

const TOKEN = 'a'.repeat(42) + '-'
const ANN: Who = { kind: 'person', id: 'a-1', name: 'ann', role: 'viewer', permissions: ['network:read'] }

const known = (mode: AccessView['mode'], who: Who | null = null): AccessView => ({ mode, needs_setup: false, lab: false, payments: false, who })

test('what is seen follows from who is there', () => {
  assert.equal(stageOf(null, null, false), 'asking')
  assert.equal(stageOf(known('open'), null, false), 'in')
  assert.equal(stageOf(known('secure'), null, false), 'signIn')
  assert.equal(stageOf(known('secure', ANN), null, false), 'in')
})

test('who was at work signs in again above the page, and so does who worked where nobody signed in', () => {
  for (const worker of ['a-1', 'local']) assert.equal(stageOf(known('secure'), worker, false), 'again')
})

test('a link leads to its page, whoever is there', () => {
  for (const view of [known('open'), known('secure'), known('secure', ANN)]) assert.equal(stageOf(view, 'a-1', true), 'setup')
  assert.equal(stageOf(null, null, true), 'asking')
})

test('whoever is there where nobody signs in may do everything, and nobody may do anything else', () => {
  assert.deepEqual([workerOf(known('open')), mayDo(known('open'), 'people:write')], ['local', true])
  assert.deepEqual([workerOf(known('secure')), mayDo(known('secure'), 'network:read')], [null, false])
  assert.deepEqual(
    [workerOf(known('secure', ANN)), mayDo(known('secure', ANN), 'network:read'), mayDo(known('secure', ANN), 'orders:write')],
    ['a-1', true, false],
  )
})

test('only names of this machine are', () => {
  for (const name of ['localhost', 'a.localhost', '127.0.0.1', '127.1.2.3', '[::1]']) assert.ok(isThisMachine(name), name)
  for (const name of ['', '127.example.org', '10.0.0.1', 'localhost.example.org', '[::]']) assert.ok(!isThisMachine(name), name)
})

test('a link has its token after the #, at its own address alone', () => {
  assert.equal(tokenIn('/setup', `#${TOKEN}`), TOKEN)
  assert.equal(tokenIn('/below/a/proxy/setup', `#${TOKEN}`), TOKEN)
  for (const hash of ['', '#', '#/points', `#${TOKEN}x`, '#<b>']) assert.equal(tokenIn('/setup', hash), '', hash)
  assert.equal(tokenIn('/', `#${TOKEN}`), null)
})
