/** A screen as a driver has it before them. */
import { render, screen } from '@testing-library/react-native'
import type { ReactElement, ReactNode } from 'react'
import { Text } from 'react-native'
import { NavigationProvider, useNavigation } from '../src/nav/navigation'
import { pathOf } from '../src/nav/route'
import { AccountProvider, useAccount } from '../src/state/account'
import { LiveFixed, type LiveState } from '../src/state/live'
import { type Live, NOTHING, type Own } from '../src/state/own'
import { PreferencesProvider } from '../src/state/preferences'
import { FakeCentral, NOON } from './fakeCentral'

/** A charge that goes on. */
export const LIVE: Live = {
  session_id: 'S-1',
  request_id: 'R-1',
  cp_id: 'CP-001',
  status: 'SUPPLYING',
  requested_at: NOON,
  started_at: NOON,
  ended_at: null,
  kw: 22,
  kwh: 1.5,
  euros: 0.45,
  price: null,
  read_at: NOON,
  asOf: Date.parse('2026-01-01T12:05:00Z'),
  quote: null,
  endsBy: null,
  note: null,
}

export interface Given {
  fake?: FakeCentral
  own?: Partial<Own>
  isConnected?: boolean
}

/** Shows it to Dora, who is signed in; gives the Central that it asks. */
export async function shown(what: ReactElement, { fake = new FakeCentral(), own = {}, isConnected = true }: Given = {}) {
  const view = (state: LiveState) => (
    <PreferencesProvider>
      <NavigationProvider>
        <AccountProvider central={fake.central}>
          <SignedIn>
            <LiveFixed value={state}>{what}</LiveFixed>
          </SignedIn>
          <Where />
        </AccountProvider>
      </NavigationProvider>
    </PreferencesProvider>
  )
  const made = render(view({ own: { ...NOTHING, ...own }, isConnected }))
  await screen.findByText(/^at:/)
  const become = (later: Partial<Own>, connected = true) =>
    made.rerender(view({ own: { ...NOTHING, ...later }, isConnected: connected }))
  return { fake, become, leave: () => made.unmount() }
}

function SignedIn({ children }: { children: ReactNode }) {
  const { stage } = useAccount()
  return stage.at === 'in' ? children : <Text>{stage.at}</Text>
}

/** Where in the app somebody is. */
function Where() {
  const { route } = useNavigation()
  return <Text>{`at:${pathOf(route)}`}</Text>
}

export async function isAt(path: string): Promise<void> {
  await screen.findByText(`at:${path}`)
}
