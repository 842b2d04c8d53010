/** What a screen asks of Central: once, or again and again as long as it is looked at. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { AppState } from 'react-native'
import { SignedOut, Unreachable } from '../api/problem'
import { useAccount } from './account'

export interface Asked<T> {
  data: T | null
  error: unknown
  again: () => void
}

/** After which time what nobody heard is asked again, in ms. */
const RETRY_MS = 3_000

/** How often it is asked again, in ms, and until which answer. */
export interface Rhythm<T> {
  everyMs: number
  until: (data: T) => boolean
}

/** `key` names what is asked: another one is asked anew. What was known stays where asking again goes wrong. */
export function useAsked<T>(key: string, ask: () => Promise<T>, { everyMs, until }: Partial<Rhythm<T>> = {}): Asked<T> {
  const { left } = useAccount()
  const [found, setFound] = useState<{ key: string; data: T | null; error: unknown }>({ key, data: null, error: null })
  const [round, setRound] = useState(0)
  const latest = useRef(ask)
  latest.current = ask
  const enough = useRef(until)
  enough.current = until

  useEffect(() => {
    let isOver = false
    let [isDone, isUnheard] = [false, false]
    let timer: ReturnType<typeof setTimeout> | undefined
    const turn = async () => {
      isUnheard = AppState.currentState === 'background'
      try {
        const data = isUnheard ? undefined : await latest.current()
        if (isOver || data === undefined) return
        isDone = enough.current?.(data) ?? false
        setFound({ key, data, error: null })
      } catch (error) {
        if (error instanceof SignedOut) left()
        isUnheard = error instanceof Unreachable
        if (!isOver && !(error instanceof SignedOut)) setFound((old) => ({ key, data: old.key === key ? old.data : null, error }))
      } finally {
        const ms = everyMs ?? (isUnheard ? RETRY_MS : null)
        const isEnough = isOver || ms === null || isDone
        if (!isEnough) timer = setTimeout(turn, ms)
      }
    }
    void turn()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [key, round, everyMs, left])

  const again = useCallback(() => setRound((count) => count + 1), [])
  return found.key === key ? { data: found.data, error: found.error, again } : { data: null, error: null, again }
}

export interface Doing {
  isBusy: boolean
  error: unknown
  /** Do it; what goes wrong is kept to be shown. */
  run: (work: () => Promise<void>) => void
}

/** Something that is done when a button is pressed, once at a time. */
export function useDoing(): Doing {
  const { left } = useAccount()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const isHere = useRef(true)
  useEffect(() => {
    isHere.current = true
    return () => {
      isHere.current = false
    }
  }, [])
  const run = useCallback(
    (work: () => Promise<void>) => {
      setBusy(true)
      setError(null)
      work()
        .catch((reason: unknown) => {
          if (reason instanceof SignedOut) left()
          else if (isHere.current) setError(reason)
        })
        .finally(() => {
          if (isHere.current) setBusy(false)
        })
    },
    [left],
  )
  return { isBusy, error, run }
}
