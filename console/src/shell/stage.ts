/** What of the console is seen, by what Central says of who is there. Pure. */
import type { AccessView, Permission } from '../central/access.ts'

/** `again`: somebody was at work whom Central does not know any more; what they see stays behind the sign-in. */
export type Stage = 'asking' | 'setup' | 'signIn' | 'in' | 'again'

/** Who is at work where nobody signs in. */
export const LOCAL = 'local'

/** `worker`: who was at work before, if anybody was; `isSetup`: the address is the one of a link. */
export function stageOf(known: AccessView | null, worker: string | null, isSetup: boolean): Stage {
  if (known === null) return 'asking'
  if (isSetup) return 'setup'
  if (workerOf(known) !== null) return 'in'
  return worker === null ? 'signIn' : 'again'
}

/** Who is at work; null where nobody is until they sign in. */
export function workerOf({ mode, who }: AccessView): string | null {
  return who?.id ?? (mode === 'open' ? LOCAL : null)
}

/** Whether whoever is there may do something: where nobody signs in, everybody may. */
export function mayDo({ mode, who }: AccessView, permission: Permission): boolean {
  return who === null ? mode === 'open' : who.permissions.includes(permission)
}

/** Does this name of a machine lead to the one where it is used? */
export function isThisMachine(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

/** The token of a set-up link, which its address has after the #; null for any other address. */
export function tokenIn(path: string, hash: string): string | null {
  if (!isSetupPath(path)) return null
  return /^#[\w-]{43}$/.test(hash) ? hash.slice(1) : ''
}

/** Is this the page that links lead to? A proxy may put the console below a path. */
export function isSetupPath(path: string): boolean {
  return path.endsWith('/setup')
}
