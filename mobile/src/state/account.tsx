/** Who is signed in, and Central as that driver asks it. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import type { Central } from '../api/central'
import { newKey } from '../api/central'
import { SignedOut } from '../api/problem'
import type { AccountView, Mode } from '../api/types'
import { kept } from './kept'

const RETRY_MS = 2_000

type Stage = { at: 'asking' } | { at: 'unreachable' } | { at: 'out'; mode: Mode } | { at: 'in'; account: AccountView }

interface Account {
  stage: Stage
  central: Central
  /** Without a password one is made up: nobody can come back to the account then. */
  register: (name: string, password: string) => Promise<void>
  login: (name: string, password: string) => Promise<void>
  logout: () => Promise<void>
  erase: () => Promise<void>
  /** It was found out that nobody is signed in any more. */
  left: () => void
}

const AccountContext = createContext<Account | null>(null)

export function AccountProvider({ central, children }: { central: Central; children: ReactNode }) {
  const [stage, setStage] = useState<Stage>({ at: 'asking' })
  const [tries, setTries] = useState(0)

  const find = useCallback(async () => {
    try {
      await central.door.fresh()
      setStage({ at: 'in', account: central.door.account! })
    } catch (error) {
      if (!(error instanceof SignedOut)) throw error
      setStage({ at: 'out', mode: (await central.door.access()).mode })
    }
  }, [central])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    find().catch(() => {
      setStage({ at: 'unreachable' })
      timer = setTimeout(() => setTries((count) => count + 1), RETRY_MS)
    })
    return () => clearTimeout(timer)
  }, [find, tries])

  const left = useCallback(() => setTries((count) => count + 1), [])
  const value = useMemo<Account>(() => {
    const enter = () => setStage({ at: 'in', account: central.door.account! })
    const leave = () => {
      kept.set('own', null)
      kept.set('nameOnly', null)
      left()
    }
    return {
      stage,
      central,
      left,
      async register(name, password) {
        await central.door.register(name, password || `${newKey()}${newKey()}`)
        kept.set('nameOnly', password ? null : 'yes')
        enter()
      },
      async login(name, password) {
        await central.door.login(name, password)
        enter()
      },
      async logout() {
        await central.door.logout()
        leave()
      },
      async erase() {
        await central.erase()
        leave()
      },
    }
  }, [central, stage, left])
  return <AccountContext.Provider value={value}>{children}</AccountContext.Provider>
}

export function useAccount(): Account {
  const found = useContext(AccountContext)
  if (!found) throw new Error('There is no account here')
  return found
}

export function useCentral(): Central {
  return useAccount().central
}
