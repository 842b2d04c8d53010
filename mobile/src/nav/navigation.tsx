/** Where somebody is, for every screen. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { Way } from './history'
import type { Route } from './route'

interface Navigation {
  route: Route
  go: (route: Route) => void
  turn: (route: Route) => void
  back: () => void
}

const NavigationContext = createContext<Navigation | null>(null)

export function NavigationProvider({ children }: { children: ReactNode }) {
  const [listener] = useState(() => ({ changed: (_: Route) => {} }))
  const [way] = useState(() => new Way((route) => listener.changed(route)))
  const [route, setRoute] = useState(() => way.now())
  useEffect(() => {
    listener.changed = setRoute
    return way.follow()
  }, [listener, way])
  // They stay the same, so that what is done once a screen is there is not done again.
  const ways = useMemo(
    () => ({ go: (to: Route) => way.go(to), turn: (to: Route) => way.turn(to), back: () => way.back() }),
    [way],
  )
  const value = useMemo(() => ({ route, ...ways }), [route, ways])
  return <NavigationContext.Provider value={value}>{children}</NavigationContext.Provider>
}

export function useNavigation(): Navigation {
  const found = useContext(NavigationContext)
  if (!found) throw new Error('There is no navigation here')
  return found
}
