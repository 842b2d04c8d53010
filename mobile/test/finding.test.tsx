/** A point is found: listed, searched, kept as a favourite, or typed. */
import { fireEvent, screen, waitFor } from '@testing-library/react-native'
import { Near } from '../src/screens/Near'
import { Scan } from '../src/screens/Scan'
import { Site } from '../src/screens/Site'
import { FakeCentral, point, site } from './fakeCentral'
import { isAt, shown } from './shown'

test('points say what they cost, and those that are free come first', async () => {
  const { fake } = await shown(<Near />)
  expect(await screen.findAllByText('€0.30/kWh')).not.toHaveLength(0)
  expect(screen.getAllByText('Bay 1 · SITE-1')).not.toHaveLength(0)
  const free = fake.asked.filter(({ what }) => what === 'GET me/points').map(({ query }) => /free=(\w+)/.exec(query)?.[1])
  expect(free.slice(0, 2)).toEqual(['true', 'false'])
})

test('a card leads to its point', async () => {
  const fake = new FakeCentral()
  fake.answers['GET me/points'] = { items: [point({ cp_id: 'CP-007' })], next: null }
  await shown(<Near />, { fake })
  fireEvent.press((await screen.findAllByText('CP-007'))[0]!)
  await isAt('/points/CP-007')
})

test('what is searched for is asked of Central', async () => {
  const { fake } = await shown(<Near />)
  fireEvent.changeText(await screen.findByLabelText('Search for a point or a site'), 'mayor')
  await waitFor(() => expect(fake.asked.some(({ query }) => query.includes('q=mayor'))).toBe(true))
})

test('a favourite stays one', async () => {
  const fake = new FakeCentral()
  fake.answers['GET me/points'] = { items: [point()], next: null }
  await shown(<Near />, { fake })
  fireEvent.press((await screen.findAllByLabelText('Favourite: CP-001'))[0]!)
  await waitFor(() => expect(screen.getAllByLabelText('Favourite: CP-001')[0]!.props['aria-checked'] ?? screen.getAllByLabelText('Favourite: CP-001')[0]!.props.accessibilityState?.checked).toBe(true))
})

test('sites say how many points are free and how many drivers wait', async () => {
  const fake = new FakeCentral()
  fake.answers['GET me/sites'] = { items: [site({ free: 0, waiting: 2 })], next: null }
  await shown(<Near />, { fake })
  fireEvent.press(await screen.findByText('Sites'))
  await screen.findByText('0 of 2 free')
  screen.getByText('2 wait')
  screen.getByText('from €0.30/kWh')
})

test('a map without places says so', async () => {
  const fake = new FakeCentral()
  fake.answers['GET me/sites'] = { items: [site({ coordinates: null })], next: null }
  await shown(<Near />, { fake })
  fireEvent.press(await screen.findByText('Map'))
  await screen.findByText(/No site says yet where it is/)
})

test('a site that is full takes drivers into its queue', async () => {
  const fake = new FakeCentral()
  fake.answers['GET me/sites'] = { items: [site({ free: 0 })], next: null }
  await shown(<Site siteId="SITE-1" />, { fake })
  fireEvent.press(await screen.findByText('Join the queue'))
  await isAt('/charging')
  expect(fake.bodies('POST sites/SITE-1/sessions')).toEqual([{ kwh: 10 }])
})

test('a typed ID leads to its point, and what is none leads nowhere', async () => {
  await shown(<Scan />)
  const field = await screen.findByLabelText('ID on the point')
  fireEvent.changeText(field, 'no such thing!')
  fireEvent.press(screen.getByText('Go to the point'))
  await isAt('/near')
  fireEvent.changeText(field, 'CP-001')
  fireEvent.press(screen.getByText('Go to the point'))
  await isAt('/points/CP-001')
})
