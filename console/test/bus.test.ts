import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import type { BusEvents, BusFrame, BusWish } from '../src/central/bus.ts'
import type { BusMessageView, ExplainedFieldView, ExplainedView } from '../src/central/views.ts'
import {
  added, askables, fieldRows, fits, MOST_ROWS, parsed, shortText, viewOf, wishOf,
} from '../src/pages/bus/message.ts'
import { FIRST_RETRY_MS, SILENCE_MS, Watch } from '../src/pages/bus/watch.ts'

function message(change: Partial<BusMessageView> = {}): BusMessageView {
  return {
    number: 1, seen_at: '2026-01-01T12:00:00Z', topic: 'driver.updates', partition: 0, offset: 7, key: 'driver-alice',
    kind: 'DriverUpdate', ts: '2026-01-01T12:00:00Z', text: '{}', size: 2, cut: false, seal: 'none', refusal: null, frame: null,
    ...change,
  }
}

function field(name: string, change: Partial<ExplainedFieldView> = {}): ExplainedFieldView {
  return { name, required: true, default: null, what: `what ${name} is`, unit: null, of: null, ...change }
}

function explained(name: string, fields: ExplainedFieldView[]): [string, ExplainedView] {
  return [name, { name, topic: null, said: `What ${name} says`, fields, values: [] }]
}

const KNOWN = new Map([
  explained('DriverUpdate', [
    field('kwh', { unit: 'kilowatt-hours' }), field('status', { of: 'UpdateStatus' }), field('ticket', { of: 'Ticket' }),
    field('marks', { of: 'Mark' }),
  ]),
  explained('UpdateStatus', []),
  explained('Ticket', [field('euros', { unit: 'euros' })]),
  explained('Mark', [field('register_mwh', { unit: 'milliwatt-hours' })]),
])

test('an address says what is wanted', () => {
  assert.deepEqual(wishOf({}, false), { topics: null, text: '', paused: false })
  assert.deepEqual(wishOf({ topic: 'cp.status', q: ' CP-1 ' }, true), { topics: ['cp.status'], text: 'CP-1', paused: true })
  assert.equal(wishOf({ q: 'x'.repeat(500) }, false).text.length, 128)
  assert.deepEqual([{}, { view: 'unreadable' }, { view: 'odd' }].map(viewOf), ['tail', 'unreadable', 'tail'])
})

test('what was on its way when the wish changed is told from what is wanted', () => {
  const one = message({ text: '{"cp_id":"CP-7"}' })
  const wishes = [{}, { q: 'cp-7' }, { q: 'ALICE' }, { topic: one.topic }, { topic: 'cp.status' }, { q: 'CP-8' }]
  assert.deepEqual(wishes.map((query) => fits(one, wishOf(query, false))), [true, true, true, true, false, false])
})

test('the newest stand first, and no more than are listed', () => {
  const came = [1, 2, 3].map((number) => message({ number }))
  const rows = added(added([], [message({ number: 0 })]), came)
  assert.deepEqual(rows.map(({ number, id }) => [number, id]), [[3, 4], [2, 3], [1, 2], [0, 1]])
  assert.equal(added(added([], Array.from({ length: MOST_ROWS }, () => message())), came).length, MOST_ROWS)
})

test('a line says what is of this message alone', () => {
  const text = '{"type":"A","ts":"x","epoch":1,"seq":2,"cp_id":"CP-1","driver_id":"d","kw":22,"on":true,"no":null,"ticket":{},"a":1}'
  assert.equal(shortText({ text, key: 'CP-1' }), 'kw 22 · on true · a 1 · driver_id d')
  assert.equal(shortText({ text: '{', key: '' }), '{')
})

test('only an object is taken apart', () => {
  assert.deepEqual(['{', '[]', '7', 'null', '{"a":1}'].map(parsed), [null, null, null, null, { a: 1 }])
})

test('each field has the words of its declaration, and those of what it holds', () => {
  const body = { kwh: 1.5, status: 'ACCEPTED', ticket: { euros: 2 }, marks: [{ register_mwh: 7 }], odd: null }
  assert.deepEqual(fieldRows(body, 'DriverUpdate', KNOWN).map(({ path, value, unit, what }) => [path, value, unit, what]), [
    ['kwh', '1.5', 'kilowatt-hours', 'what kwh is'],
    ['status', 'ACCEPTED', null, 'What UpdateStatus says'],
    ['ticket', '', null, 'What Ticket says'],
    ['ticket.euros', '2', 'euros', 'what euros is'],
    ['marks', '1', null, 'what marks is'],
    ['marks[0]', '', null, 'What Mark says'],
    ['marks[0].register_mwh', '7', 'milliwatt-hours', 'what register_mwh is'],
    ['odd', 'null', null, null],
  ])
})

test('of a message of no known kind, and of a long list, something is shown as well', () => {
  assert.deepEqual(fieldRows({ a: 1 }, null, KNOWN), [{ path: 'a', value: '1', unit: null, what: null }])
  assert.equal(fieldRows({ a: Array.from({ length: 500 }, () => 1) }, null, KNOWN).length, 51)
})

test('what a message names can be asked again', () => {
  const text = '{"cp_id":"CP-1","session_id":"S-1","request_id":"R-1","driver_id":null,"site_id":7}'
  const base = 'http://central.test:8000/below/'
  assert.deepEqual(askables({ topic: 'driver.updates', text }, base, true).map(({ what, curl }) => [what, curl]), [
    ['points', "curl -s 'http://central.test:8000/below/api/v1/points/CP-1'"],
    ['sessions', "curl -s 'http://central.test:8000/below/api/v1/sessions/S-1'"],
    ['requests', "curl -s 'http://central.test:8000/below/api/v1/requests/R-1'"],
  ])
  assert.deepEqual(askables({ topic: 'operator.requests', text }, base, true).map(({ what }) => what), ['points', 'sessions'])
  assert.deepEqual(askables({ topic: 'cp.status', text: '{' }, base, true), [])
})

test('a command takes whatever an ID is, and a token where people sign in', () => {
  const [asked] = askables({ topic: 'cp.status', text: `{"cp_id":"a'; rm -rf $HOME"}` }, 'http://c/', false)
  assert.equal(
    asked?.curl, `curl -s -H "Authorization: Bearer $TOKEN" 'http://c/api/v1/points/a%27%3B%20rm%20-rf%20%24HOME'`,
  )
})

class Sockets {
  opened: BusEvents[] = []
  wishes: BusWish[] = []
  closed = 0
  said: string[] = []
  frames: BusFrame[] = []
  watch = new Watch((events) => {
    this.opened.push(events)
    return { want: (wish) => this.wishes.push(wish), close: () => this.closed++ }
  }, { frame: (frame) => this.frames.push(frame), status: (status) => this.said.push(status) })
}

const FRAME: BusFrame = { type: 'refused', detail: 'why' }

test('what is wanted is said as soon as there is a socket, and whenever it changes', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  const sockets = new Sockets()
  sockets.watch.start()
  sockets.opened[0]!.opened()
  sockets.watch.want({ topics: null, text: 'CP-1', paused: false })
  assert.deepEqual(sockets.wishes.map(({ text }) => text), ['', 'CP-1'])
  sockets.watch.stop()
  mock.timers.reset()
})

test('a socket that is lost or quiet is opened again, and told what is wanted', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  const sockets = new Sockets()
  sockets.watch.start()
  sockets.opened[0]!.frame(FRAME)
  sockets.watch.want({ topics: null, text: 'CP-1', paused: false })
  sockets.opened[0]!.closed()
  mock.timers.tick(FIRST_RETRY_MS)
  assert.equal(sockets.opened.length, 2)
  sockets.opened[1]!.opened()
  assert.equal(sockets.wishes.at(-1)?.text, 'CP-1')
  sockets.opened[0]!.frame(FRAME)
  assert.equal(sockets.frames.length, 1)
  mock.timers.tick(SILENCE_MS)
  mock.timers.tick(2 * FIRST_RETRY_MS)
  assert.equal(sockets.opened.length, 3)
  assert.deepEqual(sockets.said, ['live', 'lost', 'lost'])
  sockets.watch.stop()
  mock.timers.tick(10 * SILENCE_MS)
  assert.equal(sockets.opened.length, 3)
  mock.timers.reset()
})
