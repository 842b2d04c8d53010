import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf, whyNot } from '../src/central/refusal.ts'
import { en } from '../src/texts/en/index.ts'
import { es } from '../src/texts/es/index.ts'
import { known } from '../src/texts/es/reasons.ts'
import { languageOf, problemSentence, texts } from '../src/texts/index.ts'

const answer = (problem: object) => new Response(JSON.stringify(problem), { status: 409 })

test('the language is the first that the reader wants and that is there, else English', () => {
  const wanted = [['xx', 'en-GB'], ['EN'], ['xx'], [], [''], ['es-MX', 'en'], ['xx', 'ES']]
  assert.deepEqual(wanted.map((each) => languageOf(null, each)), ['en', 'en', 'en', 'en', 'en', 'es', 'es'])
})

test('a language that was chosen counts before those of the browser, and one that is not there does not', () => {
  assert.equal(languageOf('en', ['es-ES']), 'en')
  assert.equal(languageOf('es', ['en']), 'es')
  assert.equal(languageOf('constructor', ['es']), 'es')
})

/** Every text by its path: one that a function makes, of arguments that can be found again in it. */
function textsIn(value: unknown, path: string): [path: string, text: string, facts: string[]][] {
  if (typeof value === 'string') return [[path, value, []]]
  if (typeof value === 'function') {
    const facts = Array.from({ length: value.length }, (_, place) => String(7001 + place))
    return [[path, String(value(...facts)), facts]]
  }
  return Object.entries(value as object).flatMap(([name, each]) => textsIn(each, `${path}.${name}`))
}

/** These are made by rules of their own, and have tests of their own. */
const RULES = ['problems', 'notice', 'reason', 'alert']
const withoutRules = (words: object) => Object.fromEntries(Object.entries(words).filter(([name]) => !RULES.includes(name)))

/** Names, units and signs that are the same in both languages. */
const SAME = new Set([
  'EV Charging', 'Webhooks', 'Monitor', '7001 7002', '7001:00', 'Bus', '7001\u202fbytes', '7001 7002: 7003', 'Ctrl K', '/', '?', 'Esc', 'Info', 'Error', 'Auditor', 'ID', 'kW', 'kWh', 'EUR', 'Total', 'JSON', 'Central', '7001 · EV Charging', '7001',
  '7001, 7002', '7001.', 'evcharging users link', 'evcharging users link NAME', '1 h', '6 h', '24 h',
])

test('both languages have the same texts, none is empty, and no English one is left in Spanish', () => {
  const [english, spanish] = [en, es].map((words) => textsIn(withoutRules(words), ''))
  assert.deepEqual(spanish!.map(([path]) => path).sort(), english!.map(([path]) => path).sort())
  const said = new Map(english!.map(([path, text]) => [path, text]))
  for (const [path, text] of spanish!) {
    assert.notEqual(text.trim(), '', path)
    // Some look a word up that these arguments do not name.
    if (!SAME.has(text) && !text.includes('undefined')) assert.notEqual(text, said.get(path), path)
  }
})

test('what an English text is made of is in the Spanish one as well', () => {
  const spanish = new Map(textsIn(withoutRules(es), '').map(([path, text]) => [path, text]))
  for (const [path, text, facts] of textsIn(withoutRules(en), '')) {
    for (const fact of facts) if (text.includes(fact)) assert.ok(spanish.get(path)!.includes(fact), `${path} says ${fact}`)
  }
})

test('an alert is said in Spanish by its rule, with why it is in quotes', () => {
  const fault = { rule: 'fault', cp_id: 'CP-1', session_id: null, text: 'CP-1 is faulty: no answer' } as const
  assert.equal(es.alert.said(fault), 'CP-1 está averiado («no answer»)')
  assert.equal(es.alert.said({ ...fault, rule: 'offline' }), 'CP-1 está sin señal: no hay enlace con su monitor')
  assert.equal(en.alert.said(fault), fault.text)
  assert.deepEqual([0, 20, 120].map((after_s) => es.alert.after({ after_s })), ['En el acto', 'Tras 20\u202fs', 'Tras 2\u202fmin'])
})

test('one is said of one in Spanish', () => {
  const { overview, points, orders, tariff } = es
  assert.equal(overview.troubles.stopped(1), '1 punto detenido')
  assert.equal(overview.troubles.held(2), '2 cobros retenidos')
  assert.equal(points.chosen.count(1), '1 punto elegido')
  assert.deepEqual([orders.one('stop', 'CP-1'), orders.one('plug', 'CP-1')], ['Detener CP-1', 'Enchufar en CP-1'])
  assert.equal(orders.done('Reanudar todos', 1), 'Reanudar todos: hecho en 1 punto.')
  assert.equal(tariff.preview.all(2), '2 sesiones')
})

test('problems are Spanish sentences; what only Central knows is quoted', () => {
  const said = (code: string | null, detail: string) => problemSentence(code, detail, es)
  assert.equal(said('refused', 'CP-001 is offline and cannot plug'), 'CP-001 está sin señal y no puede enchufarse.')
  assert.equal(said('refused', 'because of rain'), 'Central lo ha rechazado: «because of rain».')
  assert.equal(
    said('unknown_point', 'CP-9 is not a known charging point'),
    'CP-9 no es un punto de carga conocido. Es posible que se haya retirado.',
  )
  assert.equal(said('too_many_attempts', 'Too many attempts: try again in 30 s'), 'Demasiados intentos: prueba de nuevo en 30 s.')
  assert.equal(said('brand_new', 'Why'), 'Why')
  for (const code of Object.keys(es.problems)) assert.match(said(code, 'a fact'), /^.+\.$/, code)
})

test('reasons are Spanish where they are known, also several of them, and quoted where not', () => {
  assert.equal(es.reason('unplugged'), 'desenchufado')
  assert.equal(
    es.reason('supply complete: the register ran backwards; the bill is held'),
    'carga completa: el contador retrocedió; el cobro queda retenido',
  )
  assert.equal(es.reason('smoke'), '«smoke»')
  assert.equal(es.reason('CP-1 is faulty: smoke'), 'CP-1 no puede dar servicio: «smoke»')
  assert.equal(known('constructor'), null)
})

test('a notice is said by its code, and by its text where the code is not known', () => {
  const notice = { text: 'CP-1 faulty: fault', code: 'point_faulty', cp_id: 'CP-1', session_id: null, detail: 'fault' }
  assert.equal(en.notice(notice), 'CP-1 faulty: fault')
  assert.equal(es.notice(notice), 'CP-1 no puede dar servicio: avería')
  for (const code of [null, 'brand_new', 'toString']) assert.equal(es.notice({ ...notice, code }), notice.text)
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
