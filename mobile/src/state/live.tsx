/** How things stand for the driver, live: the newest figures, and the last known ones while there is no connection. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { AppState } from 'react-native'
import { centralAt } from '../api/place'
import { OwnStream } from '../api/stream'
import { isWeb } from '../look/web'
import { useAccount } from './account'
import { kept } from './kept'
import { heard, NOTHING, type Own } from './own'

export interface LiveState {
  own: Own
  isConnected: boolean
}

const LiveContext = createContext<LiveState>({ own: NOTHING, isConnected: false })

const KEY = 'own'

export function LiveProvider({ children }: { children: ReactNode }) {
  const { central, left } = useAccount()
  const [own, setOwn] = useState<Own>(lastKnown)
  const [isConnected, setConnected] = useState(false)

  useEffect(() => {
    const stream = new OwnStream(central, centralAt, {
      heard(frame) {
        setConnected(true)
        setOwn((before) => heard(before, frame, Date.now()))
      },
      lost: () => setConnected(false),
      signedOut: left,
    })
    stream.start()
    const stop = whenBack(() => stream.hurry())
    return () => {
      stop()
      stream.end()
    }
  }, [central, left])

  useEffect(() => kept.set(KEY, JSON.stringify(own)), [own])
  const value = useMemo(() => ({ own, isConnected }), [own, isConnected])
  return <LiveContext.Provider value={value}>{children}</LiveContext.Provider>
}

/** For tests: how things stand, without a stream. */
export const LiveFixed = LiveContext.Provider

export function useLive(): LiveState {
  return useContext(LiveContext)
}

function lastKnown(): Own {
  try {
    const found = JSON.parse(kept.get(KEY) ?? 'null') as Partial<Own> | null
    return found ? { ...NOTHING, ...found, ended: [] } : NOTHING
  } catch {
    return NOTHING
  }
}

/** The network, or the driver, is back. */
function whenBack(act: () => void): () => void {
  const listening = AppState.addEventListener('change', (state) => state === 'active' && act())
  if (isWeb) addEventListener('online', act)
  return () => {
    listening.remove()
    if (isWeb) removeEventListener('online', act)
  }
}
