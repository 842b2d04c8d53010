import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deedFor, numberIn, progressOf, takesAway } from '../src/pages/lab/part.ts'

test('a part that runs is taken away next, and one that is away is brought back', () => {
  assert.deepEqual([deedFor('engines', 'running'), deedFor('engines', 'killed')], ['kill', 'restart'])
  assert.deepEqual([deedFor('drivers', 'running'), deedFor('monitors', 'killed')], ['kill', 'restart'])
  assert.deepEqual(['running', 'cut', 'lost'].map((state) => deedFor('links', state as 'cut')), ['cut', 'restore', 'cut'])
  assert.deepEqual(['kill', 'cut', 'restart', 'restore'].map((deed) => takesAway(deed as 'cut')), [true, true, false, false])
})

test('a link whose monitor was killed has nothing that could be done to it', () => {
  assert.equal(deedFor('links', 'lost', true), null)
})

test('how far a scenario is goes by the clock of Central, and never beyond its end', () => {
  const play = {
    scenario_id: 'faults', began_at: '2026-01-01T12:00:00Z', ends_at: '2026-01-01T12:00:20Z', step: 1, steps: 2,
  }
  const at = (seconds: number) => progressOf(play, Date.parse(play.began_at) + seconds * 1000)
  assert.deepEqual([at(0), at(5), at(20), at(99), at(-1)], [
    { part: 0, left: 20 }, { part: 0.25, left: 15 }, { part: 1, left: 0 }, { part: 1, left: 0 }, { part: 0, left: 21 },
  ])
  assert.equal(progressOf({ ...play, ends_at: play.began_at }, 0).part, 1)
})

test('a number may be typed with a comma, and nothing is no number', () => {
  assert.deepEqual([numberIn(' 2,5 '), numberIn('22'), numberIn('  ')], [2.5, 22, null])
})
