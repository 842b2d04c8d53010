import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlertView } from '../src/central/views.ts'
import { asked, isFiltered, NO_FILTER, seenBy, subjectOf } from '../src/pages/alerts/alert.ts'
import { texts } from '../src/texts/index.ts'

function alert(change: Partial<AlertView> = {}): AlertView {
  return {
    alert_id: 'alert-0-1-1', rule: 'fault', severity: 'error', state: 'open', cp_id: 'CP-001', session_id: 'session-1',
    site_id: null, text: 'CP-001 is faulty: smoke', since: '2026-01-01T12:00:00Z', opened_at: '2026-01-01T12:00:00Z',
    acknowledged: null, closed_at: null, ...change,
  }
}

test('without a choice all that goes on is asked for, and every state only where that is said', () => {
  assert.deepEqual(asked({}), { state: 'unclosed' })
  assert.deepEqual(asked(NO_FILTER), { state: 'unclosed' })
  assert.deepEqual(asked({ state: 'all' }), {})
  assert.deepEqual(asked({ state: 'closed', rule: 'offline', q: ' CP-1 ' }), { q: 'CP-1', state: 'closed', rule: 'offline' })
  assert.deepEqual(asked({ state: 'gone', rule: 'gone', other: 'x' }), { state: 'unclosed' })
  assert.deepEqual([{}, { state: 'all' }, { rule: 'fault' }].map(isFiltered), [false, true, true])
})

test('a held bill leads to its session, and anything else to its point', () => {
  assert.deepEqual(subjectOf(alert()), { page: 'points', id: 'CP-001' })
  assert.deepEqual(subjectOf(alert({ rule: 'bill_held' })), { page: 'sessions', id: 'session-1' })
})

test('who acknowledged it reads as what they are', () => {
  const at = '2026-01-01T12:01:00Z'
  const by = { kind: 'local', id: 'local', via: 'http', role: null }
  assert.equal(seenBy(alert({ acknowledged: { at, by, note: null } })), 'Somebody at this machine')
  assert.equal(seenBy(alert({ acknowledged: { at, by: null, note: null } })), 'somebody')
})

test('a rule says after how long it opens', () => {
  const rule = { rule: 'offline', severity: 'error', title: 'Offline', text: '', closes: '' } as const
  assert.deepEqual([0, 20, 1800].map((after_s) => texts.alert.after({ ...rule, after_s })), [
    'At once', 'After 20\u202fs', 'After 30\u202fmin',
  ])
})
