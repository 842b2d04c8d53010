/** From the price to the receipt. */
import { act, fireEvent, screen, waitFor } from '@testing-library/react-native'
import { Charging } from '../src/screens/Charging'
import { Point } from '../src/screens/Point'
import { Receipt } from '../src/screens/Receipt'
import { HELD_MS } from '../src/look/HoldButton'
import type { Waiting } from '../src/state/own'
import { booking, FakeCentral, NOON, point } from './fakeCentral'
import { isAt, LIVE, shown } from './shown'

const WAITING: Waiting = {
  requestId: 'R-1',
  siteId: 'SITE-1',
  status: 'QUEUED',
  place: 2,
  waiting: 3,
  expectedAt: null,
  cpId: null,
  until: null,
}

test('the price and an estimate are there before anything begins', async () => {
  const { fake } = await shown(<Point cpId="CP-001" />)
  await screen.findByText('€0.30/kWh')
  await screen.findByText('€3.00')
  expect(fake.bodies('POST me/sessions')).toEqual([])
})

test('a charge is asked for with what is wanted, and with a key of its own', async () => {
  const { fake } = await shown(<Point cpId="CP-001" />)
  fireEvent.press(await screen.findByLabelText('More'))
  fireEvent.press(screen.getByText('Start charging'))
  await isAt('/charging')
  expect(fake.bodies('POST me/sessions')).toEqual([{ cp_id: 'CP-001', kwh: 15 }])
  expect(fake.asked.find(({ what }) => what === 'POST me/sessions')!.headers['Idempotency-Key']).toMatch(/^app-/)
})

test('over a broken connection it is asked again with the same key', async () => {
  const { fake } = await shown(<Point cpId="CP-001" />)
  await screen.findByText('€3.00')
  fake.refuse('POST me/sessions', 503, 'Central begins again')
  fireEvent.press(screen.getByText('Start charging'))
  await screen.findByText('Central begins again.')
  const keys = fake.asked.filter(({ what }) => what === 'POST me/sessions').map(({ headers }) => headers['Idempotency-Key'])
  expect(keys.length).toBeGreaterThan(3)
  expect(new Set(keys).size).toBe(1)
})

test('why a charge is denied is said', async () => {
  const { fake } = await shown(<Point cpId="CP-001" />)
  fake.refuse('POST me/sessions', 409, 'CP-001 is busy')
  fireEvent.press(await screen.findByText('Start charging'))
  await screen.findByText('CP-001 is busy.')
})

test('a point that is busy is not started, but one that is kept for the driver is', async () => {
  const fake = new FakeCentral()
  fake.answers['GET me/points'] = { items: [point({ free: false })], next: null }
  fake.answers['GET reservations'] = { items: [booking({ status: 'HELD' })], next: null }
  await shown(<Point cpId="CP-001" />, { fake })
  await screen.findByText('Kept for you')
  fireEvent.press(screen.getByText('Start charging'))
  await isAt('/charging')
})

test('the figures of a charge are seen, and how old they are without a connection', async () => {
  const { become } = await shown(<Charging />, { own: { sessions: [LIVE] } })
  await screen.findByText('1.5')
  screen.getByText('€0.45')
  screen.getByText('22 kW')
  expect(screen.queryByText(/As of/)).toBeNull()
  become({ sessions: [LIVE] }, false)
  await screen.findByText(/As of/)
})

test('a touch does not stop a charge, holding does', async () => {
  const { fake } = await shown(<Charging />, { own: { sessions: [LIVE] } })
  const stop = await screen.findByLabelText(/^Hold to stop/)
  jest.useFakeTimers()
  try {
    fireEvent(stop, 'pressIn')
    act(() => jest.advanceTimersByTime(HELD_MS / 2))
    fireEvent(stop, 'pressOut')
    act(() => jest.advanceTimersByTime(HELD_MS))
    expect(fake.bodies('POST me/sessions/S-1/stop')).toHaveLength(0)
    fireEvent(stop, 'pressIn')
    act(() => jest.advanceTimersByTime(HELD_MS + 100))
  } finally {
    jest.useRealTimers()
  }
  await waitFor(() => expect(fake.bodies('POST me/sessions/S-1/stop')).toHaveLength(1))
})

test('a charge that ends leads to its receipt', async () => {
  const { become } = await shown(<Charging />, { own: { sessions: [LIVE] } })
  await screen.findByText('1.5')
  become({ ended: [{ requestId: 'R-1', sessionId: 'S-1', cpId: 'CP-001', status: 'COMPLETED', reason: null }] })
  await isAt('/receipts/S-1')
})

test('a request that waits shows its place, and an offer can be taken', async () => {
  const { become } = await shown(<Charging />, { own: { queue: [WAITING] } })
  await screen.findByText('Number 2 of 3 in the queue')
  become({ queue: [{ ...WAITING, status: 'OFFERED', cpId: 'CP-001', until: NOON }] })
  await screen.findByText('Charge there now')
})

test('a receipt has its lines, VAT and total', async () => {
  await shown(<Receipt sessionId="S-1" />)
  expect(await screen.findAllByText('€3.63')).toHaveLength(2)
  screen.getByText('10 kWh × 0.30 EUR/kWh')
  screen.getByText('VAT 21 %')
  screen.getByText('€0.63')
  screen.getByText('night-1')
  screen.getByText('100 to 110 kWh')
})

test('a receipt that is not there yet says why', async () => {
  const fake = new FakeCentral()
  fake.refuse('GET me/sessions/S-1/receipt', 409, 'S-1 goes on')
  await shown(<Receipt sessionId="S-1" />, { fake })
  await screen.findByText('S-1 goes on.')
})
