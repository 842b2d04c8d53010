import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf, whyNot } from '../src/central/refusal.ts'
import { languageOf, problemSentence, texts } from '../src/texts/index.ts'

const answer = (problem: object) => new Response(JSON.stringify(problem), { status: 409 })

test('the language is the first that the reader wants and that is there, else English', () => {
  assert.deepEqual([['xx', 'en-GB'], ['EN'], ['xx'], [], ['']].map(languageOf), ['en', 'en', 'en', 'en', 'en'])
})

test('a problem whose reason only Central knows keeps its sentence', () => {
  const detail = 'CP-001 is busy with driver-ann'
  for (const code of Object.keys(texts.problems)) assert.ok(problemSentence(code, detail).includes(detail), code)
  assert.equal(problemSentence('refused', 'CP-001 is busy.'), 'CP-001 is busy.')
})

test('a problem may say more than Central does', () => {
  const said = problemSentence('unknown_point', 'CP-9 is not a known charging point')
  assert.equal(said, 'CP-9 is not a known charging point. It may have been retired.')
})

test('a code without a text, even one that any object has, leaves the sentence as it is', () => {
  for (const code of [null, 'brand_new', 'constructor', 'toString']) assert.equal(problemSentence(code, 'Why'), 'Why')
})

test('a refusal keeps the code of its problem, and a sentence without one has none', async () => {
  const refused = await refusalOf(answer({ code: 'refused', detail: 'CP-001 is busy' }))
  assert.deepEqual([refused.message, refused.code], ['CP-001 is busy.', 'refused'])
  const silent = await refusalOf(answer({ code: 7 }))
  assert.deepEqual([silent.message, silent.code], ['Central answered with error 409.', null])
})

test('whatever is thrown can be told', () => {
  assert.deepEqual([whyNot(new Error('no answer')), whyNot('odd')], ['no answer', 'odd'])
})

test('a refusal knows in how many seconds to ask again, where Central says so in seconds', async () => {
  const again = async (wait: string) => {
    const headers = { 'Retry-After': wait }
    return (await refusalOf(new Response('{}', { status: 429, headers }))).againInS
  }
  assert.deepEqual([await again('42'), await again('Wed, 21 Oct 2026 07:28:00 GMT'), await again('-1')], [42, null, null])
  assert.equal((await refusalOf(answer({}))).againInS, null)
})
