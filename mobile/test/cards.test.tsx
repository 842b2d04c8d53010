/** Cards, and what a driver is told of paying: before a charge, while it goes on, and on its receipt. */
import { fireEvent, screen, waitFor } from '@testing-library/react-native'
import { AddCard, Cards } from '../src/screens/Cards'
import { Book } from '../src/screens/Book'
import { Charging } from '../src/screens/Charging'
import { History } from '../src/screens/History'
import { Point } from '../src/screens/Point'
import { Profile } from '../src/screens/Profile'
import { Receipt } from '../src/screens/Receipt'
import { Site } from '../src/screens/Site'
import { card, FakeCentral, payment, RECEIPT, session, ticket } from './fakeCentral'
import { isAt, LIVE, shown } from './shown'

const PAID = { method: 'pm_card_visa', state: 'captured', held_cents: 5_000, captured_cents: 363, refunded_cents: 0, owed_cents: 0, credit_notes: [] }

function type(number: string, month: string): void {
  fireEvent.changeText(screen.getByLabelText('Card number'), number)
  fireEvent.changeText(screen.getByLabelText(/^Last month/), month)
  fireEvent.press(screen.getByText('Add'))
}

test('the profile leads to the cards, where charges are paid', async () => {
  await shown(<Profile />, { fake: new FakeCentral().isPaid() })
  fireEvent.press(await screen.findByText('Cards'))
  await isAt('/cards')
})

test('where nothing is paid, nobody hears of cards', async () => {
  const { fake } = await shown(<Point cpId="CP-001" />)
  fireEvent.press(await screen.findByText('Start charging'))
  await isAt('/charging')
  expect(screen.queryByText(/card/)).toBeNull()
  expect(fake.bodies('GET me/cards')).toEqual([])
})

test('a card is added by its number, which is gone from the screen as soon as it is sent', async () => {
  const { fake } = await shown(<Cards />, { fake: new FakeCentral().isPaid() })
  await screen.findByText('You have no card yet.')
  await screen.findByLabelText('Card number')
  type('4242 4242 4242 4242', '12')
  screen.getByText(/^Type the last month/)
  type('4242 4242 4242 4242', '12/30')
  expect(screen.getByLabelText('Card number').props.value).toBe('')
  await waitFor(() => expect(fake.bodies('POST me/cards')).toEqual([{ number: '4242424242424242', expires: '2030-12' }]))
})

test('the number of a real card is refused in one sentence, is not kept, and is sent once', async () => {
  const fake = new FakeCentral().isPaid()
  fake.refuse('POST me/cards', 400, 'This is not the number of a card for tests: no other card is taken here, and its number is not kept')
  await shown(<Cards />, { fake })
  await screen.findByLabelText('Card number')
  type('5555 5555 5555 4444', '12/30')
  await screen.findByText(/^This is not the number of a card for tests/)
  expect(screen.getByLabelText('Card number').props.value).toBe('')
  expect(fake.bodies('POST me/cards')).toHaveLength(1)
})

test('a number that nobody answered to is not sent again by itself', async () => {
  const fake = new FakeCentral().isPaid()
  fake.refuse('POST me/cards', 503, 'The provider does not answer')
  await shown(<Cards />, { fake })
  await screen.findByLabelText('Card number')
  type('4242 4242 4242 4242', '12/30')
  await screen.findByText('The provider does not answer.')
  expect(fake.bodies('POST me/cards')).toHaveLength(1)
})

test('the numbers for tests are to be seen', async () => {
  await shown(<Cards />, { fake: new FakeCentral().isPaid() })
  fireEvent.press(await screen.findByText('Show the numbers for tests'))
  screen.getByText('4000 0000 0000 9995')
})

test('where the provider takes cards on its own page alone, no number is asked for', async () => {
  const fake = new FakeCentral().isPaid()
  fake.answers['GET access'].simulated_cards = false
  await shown(<Cards />, { fake })
  await screen.findByText(/on the page of the payment provider/)
  expect(screen.queryByLabelText('Card number')).toBeNull()
})

test('another card is made to pay, and one is removed once that was asked twice', async () => {
  const second = card({ card_id: 'card-2', last4: '0002', is_default: false, has_expired: false })
  const { fake } = await shown(<Cards />, { fake: new FakeCentral().isPaid(card(), second) })
  await screen.findByText('Visa ···· 4242')
  expect(screen.getAllByText('Until 12/2030')).toHaveLength(2)
  fireEvent.press(screen.getByText('Pay by this one'))
  await waitFor(() => expect(fake.bodies('POST me/cards/card-2/default')).toHaveLength(1))
  fireEvent.press(screen.getAllByText('Remove')[0]!)
  expect(fake.bodies('DELETE me/cards/card-1')).toHaveLength(0)
  fireEvent.press(screen.getByText('Remove it now'))
  await waitFor(() => expect(fake.bodies('DELETE me/cards/card-1')).toHaveLength(1))
})

test('a card that is too old cannot be chosen', async () => {
  const old = card({ card_id: 'card-2', is_default: false, has_expired: true, expires: '2025-01' })
  await shown(<Cards />, { fake: new FakeCentral().isPaid(card(), old) })
  await screen.findByText('It counted until 01/2025.')
  expect(screen.queryByText('Pay by this one')).toBeNull()
})

test.each([
  ['a charge', <Point cpId="CP-001" />, 'Start charging'],
  ['a charge anywhere at a site', <Site siteId="SITE-1" />, 'Start at any free point'],
])('who has no card adds one before %s', async (_, where, button) => {
  const { fake } = await shown(where, { fake: new FakeCentral().isPaid() })
  await screen.findByText('You pay by card here: add one first.')
  fireEvent.press(screen.getByText(button))
  await isAt('/card')
  expect(fake.bodies('POST me/sessions')).toEqual([])
})

test('who has no card adds one before a booking, too', async () => {
  const { fake } = await shown(<Book cpId="CP-001" siteId={null} />, { fake: new FakeCentral().isPaid() })
  await screen.findByText('You pay by card here: add one first.')
  fireEvent.press(await screen.findByText('Tomorrow'))
  fireEvent.press(screen.getByLabelText('12:00'))
  fireEvent.press(screen.getByText(/^Book .*12:00–13:00/))
  await isAt('/card')
  expect(fake.bodies('POST reservations')).toEqual([])
})

test('what was chosen is there again after the card', async () => {
  const { leave } = await shown(<Point cpId="CP-001" />, { fake: new FakeCentral().isPaid() })
  await screen.findByText('You pay by card here: add one first.')
  fireEvent.press(screen.getByText('Time'))
  fireEvent.press(screen.getByLabelText('More'))
  fireEvent.press(screen.getByText('Start charging'))
  await isAt('/card')
  leave()
  const { fake } = await shown(<Point cpId="CP-001" />, { fake: new FakeCentral().isPaid(card()) })
  await screen.findByText('45 min')
  fireEvent.press(screen.getByText('Start charging'))
  await isAt('/charging')
  expect(fake.bodies('POST me/sessions')).toEqual([{ cp_id: 'CP-001', minutes: 45 }])
})

test('once the card is there, the driver is back at what was wanted', async () => {
  const { fake } = await shown(<AddCard />, { fake: new FakeCentral().isPaid() })
  await screen.findByLabelText('Card number')
  type('4242 4242 4242 4242', '12/30')
  await isAt('/near')
  expect(fake.bodies('POST me/cards')).toHaveLength(1)
})

test('what is held, and on which card, is said before a charge', async () => {
  await shown(<Point cpId="CP-001" />, { fake: new FakeCentral().isPaid(card()) })
  await screen.findByText('Up to €50.00 is held on Visa ···· 4242 when you start. Only what you use is taken.')
})

test('a charge that waits for its hold is asked for again with the same key', async () => {
  const fake = new FakeCentral().isPaid(card())
  fake.answers['POST me/sessions'] = { request_id: 'R-1', session_id: null, quote: null }
  await shown(<Point cpId="CP-001" />, { fake })
  await screen.findByText(/^Up to/)
  fireEvent.press(screen.getByText('Start charging'))
  screen.getByText(/^Money is being held on your card/)
  await isAt('/charging')
  const keys = fake.asked.filter(({ what }) => what === 'POST me/sessions').map(({ headers }) => headers['Idempotency-Key'])
  expect(keys).toHaveLength(4)
  expect(new Set(keys).size).toBe(1)
})

test('a card that is declined leads to the cards', async () => {
  const fake = new FakeCentral().isPaid(card())
  fake.refuse('POST me/sessions', 409, 'the card was declined: insufficient_funds')
  await shown(<Point cpId="CP-001" />, { fake })
  await screen.findByText(/^Up to/)
  fireEvent.press(screen.getByText('Start charging'))
  await screen.findByText('Your card was declined: there is too little money on it.')
  fireEvent.press(screen.getByText('Your cards'))
  await isAt('/cards')
})

test('a charge shows what is held for it, and that it waits for that', async () => {
  const fake = new FakeCentral().isPaid(card())
  fake.answers['GET me/sessions/S-1'] = { ...session, payment: payment() }
  const { become } = await shown(<Charging />, { fake, own: { sessions: [{ ...LIVE, status: 'HOLDING', started_at: null }] } })
  await screen.findByText('Money is being held on your card')
  become({ sessions: [LIVE] })
  await screen.findByText('€50.00')
})

test('a card that was declined while nobody waited is told where charges are', async () => {
  const reason = 'the card was declined: lost_card'
  await shown(<Charging />, { own: { ended: [{ requestId: 'R-1', sessionId: null, cpId: 'CP-001', status: 'DENIED', reason }] } })
  await screen.findByText(/Your card was declined: it was reported as lost/)
  screen.getByText('Your cards')
})

test('a receipt has its number, and how it was paid', async () => {
  const fake = new FakeCentral().isPaid(card())
  const credit_notes = [{ number: 'C2026-3-000004', at: RECEIPT.ended_at, cents: 150 }]
  const paid = { ...PAID, captured_cents: 300, refunded_cents: 150, owed_cents: 63, credit_notes }
  fake.answers['GET me/sessions/S-1/receipt'] = { ...RECEIPT, number: '2026-3-000017', paid }
  await shown(<Receipt sessionId="S-1" />, { fake })
  await screen.findByText('2026-3-000017')
  await screen.findByText('Visa ···· 4242')
  for (const text of ['€50.00', 'Taken from your card', 'Paid back, C2026-3-000004', '€1.50', 'Still to be paid']) screen.getByText(text)
  expect(screen.getAllByText('€0.63')).toHaveLength(2)
})

test('a receipt follows its payment until it is done', async () => {
  const fake = new FakeCentral().isPaid(card())
  const receipt = { ...RECEIPT, number: '2026-3-000017' }
  fake.answers['GET me/sessions/S-1/receipt'] = { ...receipt, paid: { ...PAID, state: 'capturing', captured_cents: 0, owed_cents: 363 } }
  await shown(<Receipt sessionId="S-1" />, { fake })
  await screen.findByText('It is being taken from your card.')
  expect(screen.queryByText('Still to be paid')).toBeNull()
  fake.answers['GET me/sessions/S-1/receipt'] = { ...receipt, paid: PAID }
  await screen.findByText('Taken from your card', {}, { timeout: 10_000 })
})

test('history tells how each bill was paid', async () => {
  const fake = new FakeCentral()
  fake.answers['GET me/tickets'] = { items: [ticket(), ticket({ session_id: 'S-2' })], next: null }
  fake.answers['GET me/payments'] = { items: [payment({ captured_cents: 200, owed_cents: 100 })], next: null }
  await shown(<History />, { fake })
  await screen.findByText('Paid €2.00, €1.00 still to be paid')
  expect(screen.getAllByText(/^Paid/)).toHaveLength(1)
})
