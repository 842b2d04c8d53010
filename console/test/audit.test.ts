import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountView, ActionView } from '../src/central/access.ts'
import { actionFacts, actionText, actorText, asked, askedFacts, changesOf, NO_FILTER } from '../src/pages/audit/action.ts'

const ANN: AccountView = {
  account_id: 'a-1', name: 'ann', role: 'admin', created_at: '2026-01-01T00:00:00Z', disabled_at: null, has_password: true,
}

function action(change: Partial<ActionView> = {}): ActionView {
  return {
    action_id: 'x-1', at: '2026-01-01T12:00:00Z', actor: { kind: 'person', id: 'a-1', via: 'console', role: 'admin' },
    action: 'set_limit', subject: 'CP-001', request_id: null, asked: null, before: null, after: null, refusal: null, left_out: 0,
    ...change,
  }
}

test('only filters that Central understands are asked for, and a name stands for its ID', () => {
  assert.deepEqual(asked(NO_FILTER, [ANN]), {})
  assert.deepEqual(asked({ actor: ' Ann ', subject: 'CP-001', action: 'stop', outcome: 'refused', other: 'x' }, [ANN]), {
    actor: 'a-1', subject: 'CP-001', action: 'stop', refused: 'true',
  })
  assert.deepEqual(asked({ actor: 'bob', outcome: 'done', from: 'yesterday' }, [ANN]), { actor: 'bob', refused: 'false' })
})

test('days are whole days where the reader is, the last one included', () => {
  assert.deepEqual(asked({ from: '2026-01-31', to: '2026-01-31' }, []), {
    from: new Date(2026, 0, 31).toISOString(),
    to: new Date(2026, 1, 1).toISOString(),
  })
})

test('a person reads as a name while there is one, and everybody else as what they are', () => {
  const { actor } = action()
  assert.deepEqual([actorText(actor, [ANN]), actorText(actor, [])], ['ann', 'a-1'])
  const kinds = [['local', 'local'], ['machine', 'k1'], ['point', 'CP-001'], ['toaster', 't1'], ['driver', 'd-1']] as const
  assert.deepEqual(kinds.map(([kind, id]) => actorText({ ...actor, kind, id }, [])), [
    'Somebody at this machine', 'Machine key k1', 'Point CP-001', 'Toaster t1', 'Driver d-1',
  ])
})

test('an action reads as words', () => {
  assert.equal(actionText('sign_in'), 'Sign in')
})

test('what changed is said by its fields, and what stayed is not', () => {
  const change = { before: { role: 'viewer', name: 'bob' }, after: { role: 'admin', name: 'bob', disabled: false } }
  assert.deepEqual(changesOf(action(change)), [['role', 'viewer', 'admin'], ['disabled', 'nothing', 'false']])
  assert.deepEqual(changesOf(action()), [])
})

test('what was asked for is said by its fields, whatever it is', () => {
  assert.deepEqual(askedFacts(action({ asked: { watts: 11000, more: [1], note: null } })), [
    ['watts', '11000'], ['more', '[1]'], ['note', 'nothing'],
  ])
  assert.deepEqual(askedFacts(action()), [])
})

test('of an action only what is known is said', () => {
  const names = (each: ActionView) => actionFacts(each, []).map(([name]) => name)
  assert.deepEqual(names(action()), ['When', 'Who', 'Role', 'By way of', 'Of what'])
  const refused = action({ request_id: 'r-1', refusal: 'the last administrator stays', left_out: 2, actor: { ...action().actor, role: null } })
  assert.deepEqual(names(refused), ['When', 'Who', 'By way of', 'Of what', 'Request', 'Why not', 'Others like it, not noted'])
})
