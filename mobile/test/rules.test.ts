/** What needs no screen: the driver's state by frames, the door, figures, ways and times. */
import type { Coordinates, OwnSession, OwnSnapshotFrame, OwnUpdateFrame } from '../src/api/types'
import { SignedOut } from '../src/api/problem'
import { Format } from '../src/format'
import { pathOf, pointIn, routeOf } from '../src/nav/route'
import { cardTrouble, digitsOf, expiryOf } from '../src/screens/cards/words'
import { paidWords } from '../src/screens/receipt/paying'
import { byMonth } from '../src/screens/history/months'
import { days, slots } from '../src/screens/reservations/times'
import { kindOf, KWH, minutesOf, stepped, toFill } from '../src/screens/wish/wish'
import { heard, NOTHING } from '../src/state/own'
import { sentence, TEXTS } from '../src/texts'
import { Refused } from '../src/api/problem'
import { distance, inOrder } from '../src/screens/places/distance'
import { FakeCentral, NOON, payment, site, ticket } from './fakeCentral'

const SESSION: OwnSession = {
  session_id: 'S-1',
  request_id: 'R-1',
  cp_id: 'CP-001',
  status: 'SUPPLYING',
  requested_at: NOON,
  started_at: NOON,
  ended_at: null,
  kw: 22,
  kwh: 1,
  euros: 0.3,
  price: null,
  read_at: NOON,
}

const update = (more: Partial<OwnUpdateFrame>): OwnUpdateFrame => ({
  type: 'update',
  ts: NOON,
  request_id: 'R-1',
  cp_id: 'CP-001',
  status: 'IN_PROGRESS',
  session_id: 'S-1',
  kw: 22,
  kwh: 2,
  euros: 0.6,
  reason: null,
  ticket: null,
  quote: null,
  ends_by: null,
  ...more,
})

const snapshot = (sessions: OwnSession[]): OwnSnapshotFrame => ({ type: 'snapshot', ts: NOON, sessions, queue: [], ticket: null })

describe('how things stand', () => {
  test('a charge goes from accepted over its readings to its end', () => {
    let own = heard(NOTHING, update({ status: 'ACCEPTED', kw: 0, kwh: 0, euros: 0, quote: { kwh: 10 } }), 1)
    expect(own.sessions[0]).toMatchObject({ status: 'AUTHORISED', started_at: null, quote: { kwh: 10 } })
    own = heard(own, update({}), 2)
    expect(own.sessions[0]).toMatchObject({ status: 'SUPPLYING', kwh: 2, asOf: 2, quote: { kwh: 10 }, started_at: NOON })
    own = heard(own, update({ status: 'COMPLETED' }), 3)
    expect(own.sessions).toEqual([])
    expect(own.ended[0]).toMatchObject({ sessionId: 'S-1', status: 'COMPLETED' })
  })

  test('a vehicle that stays after its charge is told to leave, and the figures stay', () => {
    const before = heard(NOTHING, update({}), 1)
    const reason = 'CP-001: the supply has ended: unplug the vehicle, idle time is billed from now on'
    const own = heard(before, update({ kw: 0, kwh: 2, euros: 0, reason }), 2)
    expect(own.sessions[0]).toMatchObject({ status: 'IDLE', kwh: 2, euros: 0.6, note: reason })
  })

  test('charges stay in their order, whichever is heard of', () => {
    const other = { ...SESSION, session_id: 'S-2', request_id: 'R-2' }
    const own = heard(heard(NOTHING, snapshot([SESSION, other]), 1), update({}), 2)
    expect(own.sessions.map(({ session_id }) => session_id)).toEqual(['S-1', 'S-2'])
  })

  test('who waited for money to be held, and is accepted, is to plug in', () => {
    const before = heard(NOTHING, snapshot([{ ...SESSION, status: 'HOLDING', started_at: null }]), 1)
    expect(heard(before, update({ status: 'ACCEPTED' }), 2).sessions[0]).toMatchObject({ status: 'AUTHORISED' })
  })

  test('a denied request has no session', () => {
    const own = heard(NOTHING, update({ status: 'DENIED', session_id: null, reason: 'CP-001 is busy' }), 1)
    expect(own.ended[0]).toMatchObject({ sessionId: null, reason: 'CP-001 is busy' })
  })

  test('what ended while nobody listened is known by the next snapshot', () => {
    const before = heard(NOTHING, snapshot([SESSION]), 1)
    const after = heard(before, snapshot([]), 2)
    expect(after.ended[0]).toMatchObject({ sessionId: 'S-1', status: 'LOST' })
  })

  test('a place in a queue is followed until it is served', () => {
    const frame = { type: 'queue', ts: NOON, request_id: 'R-1', site_id: 'SITE-1', place: 1, waiting: 1, expected_at: null, cp_id: null, until: null, reason: null } as const
    const waiting = heard(NOTHING, { ...frame, status: 'QUEUED' }, 1)
    expect(waiting.queue).toHaveLength(1)
    expect(heard(waiting, { ...frame, status: 'LEFT' }, 2).queue).toEqual([])
    expect(heard(waiting, update({ status: 'ACCEPTED' }), 2).queue).toEqual([])
  })
})

describe('the door', () => {
  test('a token is renewed once for all who want one', async () => {
    const { central, asked } = new FakeCentral()
    await Promise.all([central.points({}), central.sites({}), central.vehicles()])
    expect(asked.filter(({ what }) => what === 'POST auth/refresh')).toHaveLength(1)
  })

  test('what is refused to a token is asked again with the next one', async () => {
    const fake = new FakeCentral()
    fake.refuse('GET me/vehicles', 401, 'expired')
    await expect(fake.central.vehicles()).rejects.toThrow('expired')
    expect(fake.asked.filter(({ what }) => what === 'POST auth/refresh')).toHaveLength(2)
  })

  test('who is not known any more is signed out, and nothing is kept', async () => {
    const fake = new FakeCentral()
    fake.refuse('POST auth/refresh', 401, 'revoked')
    await expect(fake.central.vehicles()).rejects.toBeInstanceOf(SignedOut)
    expect(fake.word).toBeNull()
  })
})

test('figures are written as the language does, in a zone', () => {
  const english = new Format('en', 'Europe/Madrid')
  expect([english.euros(3), english.euros(0.0055), english.kwh(0.018), english.clock(3_723_000)]).toEqual(['€3.00', '€0.0055', '0.018 kWh', '1:02:03'])
  expect(english.time(NOON)).toBe('13:00')
  expect(new Format('es').euros(3)).toMatch(/^3,00\s€$/)
  expect([english.minutes(27.3), english.minutes(90), english.minutes(60)]).toEqual(['27 min', '1 h 30 min', '1 h'])
})

test('every way through the app is a path, and every path a way', () => {
  for (const path of ['/near', '/points/CP-001', '/sites/A%20B', '/receipts/S-1', '/fees/B-1', '/book/CP-001', '/book-site/SITE-1', '/profile']) {
    expect(pathOf(routeOf(`#${path}`))).toBe(path)
  }
  for (const unknown of ['', '#/nowhere', '#/points']) expect(routeOf(unknown)).toEqual({ name: 'near' })
})

test('a code is an ID, or the address of the page of a point', () => {
  expect(pointIn(' CP-001 ')).toBe('CP-001')
  expect(pointIn('http://central:8000/#/points/CP-002?range=7d')).toBe('CP-002')
  expect(pointIn('https://elsewhere.example/')).toBeNull()
})

test('times that are taken, with five minutes around them, are not offered', () => {
  const now = new Date(2026, 0, 1, 8, 10).getTime()
  const at = (hour: number, minute = 0) => new Date(2026, 0, 1, hour, minute).toISOString()
  const taken = [{ begins_at: at(10), ends_at: at(11), status: 'BOOKED', is_own: false, reservation_id: null, driver_id: null }] as const
  const found = slots(days(now)[0]!, 60, taken, now)
  const free = found.filter(({ isFree }) => isFree).map(({ begins }) => new Date(begins).toTimeString().slice(0, 5))
  expect(free.slice(0, 4)).toEqual(['08:30', '11:30', '12:00', '12:30'])
})

test('a vehicle says how much it takes, and how long where it is the slower one', () => {
  const vehicle = { name: 'Red', battery_kwh: 50, kw: 11 }
  expect(toFill(vehicle, 20, 80)).toEqual({ kwh: 30 })
  expect(minutesOf(vehicle, 11, 22)).toBe(60)
  expect(minutesOf(vehicle, 11, 7)).toBeNull()
})

test('what is wanted goes up and down by steps, from wherever it is', () => {
  expect([stepped(KWH, 10, 1), stepped(KWH, 10, -1), stepped(KWH, 34.8, 1), stepped(KWH, 34.8, -1)]).toEqual([15, 5, 40, 30])
  expect([stepped(KWH, 100, 1), stepped(KWH, 2, -1)]).toEqual([100, 2])
  expect([{ kwh: 5 }, { minutes: 30 }, {}].map(kindOf)).toEqual(['energy', 'time', 'stop'])
})

test('a month that may go on in what was not read has no total yet', () => {
  const nameOf = (moment: string) => moment.slice(0, 7)
  const tickets = [ticket(), ticket({ ended_at: '2025-12-01T00:00:00Z' })]
  expect(byMonth(tickets, nameOf, true).map(({ name, isWhole }) => [name, isWhole])).toEqual([
    ['2026-01', true],
    ['2025-12', false],
  ])
  expect(byMonth(tickets, nameOf, false)[1]!.isWhole).toBe(true)
})

test('the nearest site comes first, after favourites', () => {
  const madrid = site({ site_id: 'M' })
  const seville = site({ site_id: 'S', coordinates: { latitude: 37.3891, longitude: -5.9845 } })
  const nowhere = site({ site_id: 'N', coordinates: null })
  const all = [nowhere, madrid, seville]
  const cordoba = { latitude: 37.8882, longitude: -4.7794 }
  const order = (favourites: string[], here: Coordinates | null) => inOrder(all, favourites, here).map(({ site_id }) => site_id)
  expect(order([], null)).toEqual(['N', 'M', 'S'])
  expect(order([], cordoba)).toEqual(['S', 'M', 'N'])
  expect(order(['N'], cordoba)).toEqual(['N', 'S', 'M'])
  expect(Math.round(distance(cordoba, seville.coordinates!))).toBe(120)
})

test('what Central says is read in Spanish, too', () => {
  expect(sentence('en', new Refused(409, '', 'CP-001 is busy'))).toBe('CP-001 is busy.')
  expect(sentence('es', new Refused(409, '', 'CP-001 is busy'))).toMatch(/CP-001 está ocupado/)
})

test('a card has a number, and a month as it stands on it', () => {
  expect(['12/30', ' 1 / 2031', '3-29', '13/30', '12/', 'soon'].map(expiryOf)).toEqual(['2030-12', '2031-01', '2029-03', null, null, null])
  expect(['4242 4242 4242 4242', '4242', 'mine'].map(digitsOf)).toEqual(['4242424242424242', null, null])
})

test('what is wrong with a card is said in the words of the app', () => {
  const english = (said: string) => cardTrouble(said, TEXTS.en)
  expect(english('the card was declined: insufficient_funds')).toBe('Your card was declined: there is too little money on it.')
  expect(english('the card was declined: something_new')).toBe('Your card was declined.')
  expect(english('driver-dora has no card to pay with: add one with POST /api/v1/me/cards, then ask again')).toBe('You pay by card here: add one first.')
  expect(english('The card that ends in 4242 counted until 2025-01: choose another one, or add one')).toMatch(/^The card that ends in 4242 is too old/)
  expect(cardTrouble('the card was declined: lost_card', TEXTS.es)).toBe('Tu tarjeta fue rechazada: consta como perdida.')
  expect(english('CP-001 is busy')).toBeNull()
})

test('a payment is told in a few words', () => {
  const told = (more: Parameters<typeof payment>[0]) => paidWords(payment(more), TEXTS.en, new Format('en'))
  expect(told({})).toBe('Paid €3.00')
  expect(told({ state: 'capturing', captured_cents: 0, owed_cents: 300 })).toBe('Being paid')
  expect(told({ state: 'voided', captured_cents: 0, due_cents: 0 })).toBe('Nothing was taken')
  expect(told({ refunded_cents: 100, owed_cents: 50 })).toBe('Paid €3.00, €1.00 paid back, €0.50 still to be paid')
})
