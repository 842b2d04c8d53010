/** The app: what stands around its screens. */
import { type ReactNode, useEffect, useState } from 'react'
import { ActivityIndicator, SafeAreaView, StatusBar, View } from 'react-native'
import { Central } from './api/central'
import { Door } from './api/door'
import { centralAt } from './api/place'
import { safe } from './api/safe'
import { Banner } from './look/Banner'
import { TabBar } from './look/TabBar'
import { useColours } from './look/theme'
import { NavigationProvider, useNavigation } from './nav/navigation'
import { Book } from './screens/Book'
import { AddCard, Cards } from './screens/Cards'
import { Charging } from './screens/Charging'
import { History } from './screens/History'
import { Near } from './screens/Near'
import { Point } from './screens/Point'
import { Profile } from './screens/Profile'
import { FeeReceipt, Receipt } from './screens/Receipt'
import { Reservations } from './screens/Reservations'
import { Scan } from './screens/Scan'
import { SignIn, Waiting } from './screens/SignIn'
import { Site } from './screens/Site'
import { Vehicles } from './screens/Vehicles'
import { AccountProvider, useAccount } from './state/account'
import { kept } from './state/kept'
import { LiveProvider, useLive } from './state/live'
import { PreferencesProvider } from './state/preferences'

const central = new Central(new Door(centralAt, (url, init) => fetch(url, init), safe))

export function App() {
  const [isLoaded, setLoaded] = useState(false)
  useEffect(() => {
    void kept.load().finally(() => setLoaded(true))
  }, [])
  if (!isLoaded) return <ActivityIndicator style={{ flex: 1 }} />
  return (
    <PreferencesProvider>
      <NavigationProvider>
        <AccountProvider central={central}>
          <Ground>
            <Inside />
          </Ground>
        </AccountProvider>
      </NavigationProvider>
    </PreferencesProvider>
  )
}

function Ground({ children }: { children: ReactNode }) {
  const colours = useColours()
  return (
    <SafeAreaView style={{ flex: 1, backgroundColor: colours.page }}>
      <StatusBar />
      {children}
    </SafeAreaView>
  )
}

function Inside() {
  const { stage } = useAccount()
  if (stage.at === 'out') return <SignIn mode={stage.mode} />
  if (stage.at !== 'in') return <Waiting isUnreachable={stage.at === 'unreachable'} />
  return (
    <LiveProvider key={stage.account.account_id}>
      <Rooms />
    </LiveProvider>
  )
}

function Rooms() {
  const { own } = useLive()
  return (
    <View style={{ flex: 1 }}>
      <Banner />
      <View style={{ flex: 1 }}>
        <Room />
      </View>
      <TabBar isCharging={own.sessions.length > 0} />
    </View>
  )
}

function Room() {
  const { route } = useNavigation()
  switch (route.name) {
    case 'near':
      return <Near />
    case 'point':
      return <Point key={route.id} cpId={route.id} />
    case 'site':
      return <Site key={route.id} siteId={route.id} />
    case 'scan':
      return <Scan />
    case 'charging':
      return <Charging />
    case 'receipt':
      return <Receipt key={route.id} sessionId={route.id} />
    case 'fee':
      return <FeeReceipt key={route.id} reservationId={route.id} />
    case 'history':
      return <History />
    case 'reservations':
      return <Reservations />
    case 'book':
      return <Book key={route.id} cpId={route.id} siteId={null} />
    case 'bookSite':
      return <Book key={route.id} cpId={null} siteId={route.id} />
    case 'vehicles':
      return <Vehicles />
    case 'cards':
      return <Cards />
    case 'card':
      return <AddCard />
    case 'profile':
      return <Profile />
  }
}
