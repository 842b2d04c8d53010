import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Draft, EMPTY, mistakesIn, mistakesSaid, newPointOf, startCommands } from '../src/panel/points.ts'
import { texts } from '../src/texts/index.ts'

const words = texts.newPoint

function draft(change: Partial<Draft> = {}): Draft {
  return { ...EMPTY, cp_id: 'CP-900', ...change }
}

test('an ID is what the API takes, and one that is known is another point', () => {
  for (const cp_id of ['CP-900', ' CP-900 ', 'a', '7', 'a.b_c@d:e-f', 'x'.repeat(64)]) {
    assert.deepEqual(mistakesIn(draft({ cp_id }), ['CP-001']), {}, cp_id)
  }
  for (const cp_id of ['', ' ', '-a', 'a-', 'a b', 'a/b', 'é', 'a\nb', 'x'.repeat(65)]) {
    assert.deepEqual(mistakesIn(draft({ cp_id }), []), { cp_id: texts.badId }, JSON.stringify(cp_id))
  }
  assert.deepEqual(mistakesIn(draft(), ['CP-900']), { cp_id: 'There is a point CP-900 already.' })
})

test('a price is some euros or nothing, and a site is an ID or nothing', () => {
  for (const euros_per_kwh of ['', '0', '0.3', '0,45', '1000', '0.000001']) {
    assert.deepEqual(mistakesIn(draft({ euros_per_kwh }), []), {}, euros_per_kwh)
  }
  for (const euros_per_kwh of ['-1', 'free', '1000.1', '1e3', '0.0000001', '.5', 'Infinity']) {
    assert.deepEqual(mistakesIn(draft({ euros_per_kwh }), []), { euros_per_kwh: words.badPrice }, euros_per_kwh)
  }
  assert.deepEqual(mistakesIn(draft({ site_id: 'north park' }), []), { site_id: texts.badId })
})

test('each mistake is told at once', () => {
  const found = mistakesIn({ cp_id: '/', location: '', site_id: '/', euros_per_kwh: 'x' }, [])
  assert.deepEqual(Object.keys(found), ['cp_id', 'site_id', 'euros_per_kwh'])
})

test('what is empty is not said, and a comma is a point', () => {
  assert.deepEqual(newPointOf(draft({ location: '  ' })), { cp_id: 'CP-900' })
  assert.deepEqual(
    newPointOf({ cp_id: ' CP-900 ', location: ' North car park', site_id: 'SITE-1 ', euros_per_kwh: '0,45' }),
    { cp_id: 'CP-900', location: 'North car park', site_id: 'SITE-1', euros_per_kwh: 0.45 },
  )
})

test('what Central says of fields stands at them, and anything else stays a sentence', () => {
  assert.deepEqual(
    mistakesSaid('cp_id: free is a word of the API; so it is no ID; location: this is text that can be seen, not blank'),
    { cp_id: 'Free is a word of the API; so it is no ID', location: 'This is text that can be seen, not blank' },
  )
  for (const said of ['Cannot reach Central, so nothing was done.', 'station_id: no', 'cp_id: no; constructor: no', 'The body: no', '']) {
    assert.equal(mistakesSaid(said), null, said)
  }
})

test('a point is started by two commands, which find each other and the Central of this console', () => {
  const { engine, monitor } = startCommands('CP-900', { protocol: 'http:', hostname: '127.0.0.1', port: '8000' })
  assert.equal(engine, 'evcharging engine --cp-id CP-900 --kafka-bootstrap localhost:9092 --health-port 8001')
  assert.equal(
    monitor,
    'evcharging monitor --cp-id CP-900 --cp-e-host localhost --cp-e-port 8001 --central-host 127.0.0.1 --central-port 8000',
  )
})
