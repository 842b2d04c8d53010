/** The door, history, bookings, vehicles and the profile. */
import { fireEvent, render, screen, waitFor } from '@testing-library/react-native'
import { useState } from 'react'
import { NavigationProvider } from '../src/nav/navigation'
import { Book } from '../src/screens/Book'
import { History } from '../src/screens/History'
import { Profile } from '../src/screens/Profile'
import { Reservations } from '../src/screens/Reservations'
import { SignIn } from '../src/screens/SignIn'
import { Vehicles } from '../src/screens/Vehicles'
import { AccountProvider } from '../src/state/account'
import { PreferencesProvider } from '../src/state/preferences'
import { days } from '../src/screens/reservations/times'
import { booking, FakeCentral, ticket } from './fakeCentral'
import { isAt, shown } from './shown'

/** History, while the connection is lost. */
function Noisy({ fake }: { fake: FakeCentral }) {
  const [isThere, setThere] = useState(false)
  if (!isThere) {
    fake.loseNext(1)
    setThere(true)
  }
  return <History />
}

function door(fake: FakeCentral, mode: 'open' | 'secure') {
  fake.word = null
  render(
    <PreferencesProvider>
      <NavigationProvider>
        <AccountProvider central={fake.central}>
          <SignIn mode={mode} />
        </AccountProvider>
      </NavigationProvider>
    </PreferencesProvider>,
  )
}

test('where nobody has to sign in a name is enough', async () => {
  const fake = new FakeCentral()
  door(fake, 'open')
  fireEvent.changeText(screen.getByLabelText('Name'), ' Dora ')
  fireEvent.press(screen.getByText('Start'))
  await waitFor(() => expect(fake.bodies('POST auth/register')).toHaveLength(1))
  const [body] = fake.bodies('POST auth/register') as [{ name: string; password: string }]
  expect(body.name).toBe('Dora')
  expect(body.password.length).toBeGreaterThan(20)
})

test('else a password is wanted, and what is wrong with it is said', async () => {
  const fake = new FakeCentral()
  fake.refuse('POST auth/login', 401, 'The name or the password is wrong: try again')
  door(fake, 'secure')
  fireEvent.press(screen.getByText('I have an account'))
  fireEvent.changeText(screen.getByLabelText('Name'), 'Dora')
  fireEvent.changeText(screen.getByLabelText('Password'), 'violet horses')
  fireEvent.press(screen.getByText('Sign in'))
  await screen.findByText('The name or the password is wrong: try again.')
})

test('history has a total for each month that is whole', async () => {
  const fake = new FakeCentral()
  const december = ticket({ session_id: 'S-2', ended_at: '2025-12-31T10:00:00Z', kwh: 1, euros: 0.3 })
  fake.answers['GET me/tickets'] = { items: [ticket(), ticket({ session_id: 'S-3' }), december], next: 'more' }
  await shown(<History />, { fake })
  await screen.findByText('January 2026')
  screen.getByText('20 kWh, €6.00')
  screen.getByText('December 2025')
  expect(screen.queryByText('1 kWh, €0.30')).toBeNull()
  fireEvent.press(screen.getByText('31 Dec 2025, 10:00'))
  await isAt('/receipts/S-2')
})

test('what nobody heard is asked again by itself', async () => {
  const fake = new FakeCentral()
  fake.answers['GET me/tickets'] = { items: [ticket()], next: null }
  await shown(<Noisy fake={fake} />, { fake })
  await screen.findByText(/Central cannot be reached/)
  await screen.findByText('January 2026', {}, { timeout: 10_000 })
})

test('a booking is cancelled once it was asked twice', async () => {
  const fake = new FakeCentral()
  fake.answers['GET reservations'] = { items: [booking({ late_cancel_euros: 2 })], next: null }
  await shown(<Reservations />, { fake })
  fireEvent.press(await screen.findByText('Cancel the booking'))
  screen.getByText('Cancelling later costs €2.00.')
  expect(fake.bodies('DELETE reservations/B-1')).toHaveLength(0)
  fireEvent.press(screen.getByText('Cancel it now'))
  await waitFor(() => expect(fake.bodies('DELETE reservations/B-1')).toHaveLength(1))
})

test('a point is booked for a time that is free', async () => {
  const fake = new FakeCentral()
  const tomorrow = days(Date.now())[1]!
  const at = (hour: number) => new Date(tomorrow + hour * 3_600_000).toISOString()
  const taken = { status: 'BOOKED', is_own: false, reservation_id: null, driver_id: null } as const
  fake.answers['GET points/CP-001/calendar'] = { cp_id: 'CP-001', items: [{ begins_at: at(10), ends_at: at(11), ...taken }] }
  await shown(<Book cpId="CP-001" siteId={null} />, { fake })
  fireEvent.press(await screen.findByText('Tomorrow'))
  await screen.findByLabelText('10:00, taken')
  fireEvent.press(screen.getByLabelText('12:00'))
  fireEvent.press(screen.getByText(/^Book .*12:00–13:00/))
  await isAt('/reservations')
  expect(fake.bodies('POST reservations')).toEqual([{ cp_id: 'CP-001', from: at(12), to: at(13) }])
})

test('a vehicle is kept on the account', async () => {
  const { fake } = await shown(<Vehicles />)
  fireEvent.changeText(await screen.findByLabelText('Name'), 'The red one')
  fireEvent.changeText(screen.getByLabelText('Battery, in kWh'), '58,5')
  fireEvent.press(screen.getByText('Add'))
  await screen.findByText(/Give a name, and figures/)
  fireEvent.changeText(screen.getByLabelText('Charges with at most, in kW'), '11')
  fireEvent.press(screen.getByText('Add'))
  await waitFor(() => expect(fake.bodies('PUT me/vehicles')).toEqual([{ items: [{ name: 'The red one', battery_kwh: 58.5, kw: 11 }] }]))
})

test('the app speaks Spanish when that is chosen', async () => {
  await shown(<Profile />)
  fireEvent.press(await screen.findByText('Español'))
  await screen.findByText('Borrar mi cuenta')
  fireEvent.press(screen.getByText('English'))
  await screen.findByText('Erase my account')
})

test('an account is erased once that was asked twice', async () => {
  const { fake } = await shown(<Profile />)
  fireEvent.press(await screen.findByText('Erase my account'))
  expect(fake.bodies('DELETE me')).toHaveLength(0)
  fireEvent.press(screen.getByText('Erase it for ever'))
  await waitFor(() => expect(fake.bodies('DELETE me')).toHaveLength(1))
  await screen.findByText('out')
  expect(fake.word).toBeNull()
})
