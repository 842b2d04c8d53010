/** Who is there, as state: asked of Central when the console opens, and whenever Central does not know them any more. */
import { access as ask, type AccessView, type AccountView, type Permission, setUp, signIn, signOut } from '../central/access.ts'
import { whyNot } from '../central/refusal.ts'
import { onAccessRefused } from '../central/wire.ts'
import { mayDo, type Stage, stageOf, tokenIn, workerOf } from './stage.ts'

const RETRY_MS = 2_000

class Access {
  known = $state.raw<AccessView | null>(null)
  /** Why it is not known. */
  problem = $state.raw<string | null>(null)
  /** Who is at work, or was until Central forgot them. */
  worker = $state.raw<string | null>(null)
  /** Of the link by which somebody came, empty for a link without one; null for everybody else. */
  token = $state.raw<string | null>(null)
  /** What counts for the page that is seen: as it was, while somebody signs in again. */
  #seen = $state.raw<AccessView | null>(null)
  readonly stage: Stage = $derived(stageOf(this.known, this.worker, this.token !== null))
  #asking: Promise<void> | null = null

  constructor() {
    this.token = tokenIn(location.pathname, location.hash)
    // It stands for an account: nobody who looks at the address or at the history shall have it.
    if (this.token !== null) history.replaceState(history.state, '', location.pathname)
    onAccessRefused(() => {
      if (this.stage === 'in') void this.look()
    })
  }

  get isOpen(): boolean {
    return this.#seen?.mode === 'open'
  }

  get who() {
    return this.#seen?.who ?? null
  }

  may(permission: Permission): boolean {
    return this.#seen !== null && mayDo(this.#seen, permission)
  }

  /** Whether this network has a lab. */
  get hasLab(): boolean {
    return this.#seen?.lab === true
  }

  /** Whether sessions are paid. */
  get hasPayments(): boolean {
    return this.#seen?.payments === true
  }

  /** Ask who is there, until Central answers. */
  look(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = null))
    return this.#asking
  }

  /** Throws a Refusal. */
  async signIn(name: string, password: string): Promise<void> {
    await signIn(name, password)
    await this.#lookAfresh()
  }

  /** Use the link by which somebody came; a driver has nothing to do here afterwards. Throws a Refusal. */
  async setUp(name: string, password: string): Promise<AccountView> {
    const account = await setUp(this.token ?? '', name, password)
    if (account.role === 'driver') return account
    await this.#lookAfresh()
    this.leaveSetup()
    return account
  }

  /** The console at its own address, with nothing of a link in it. */
  leaveSetup(): void {
    history.replaceState(null, '', './')
    this.token = null
  }

  /** Throws a Refusal. */
  async signOut(): Promise<void> {
    await signOut()
    this.worker = null
    this.known = null
    await this.#lookAfresh()
  }

  /** What was asked before something changed does not tell what came of it. */
  async #lookAfresh(): Promise<void> {
    await this.#asking
    await this.look()
  }

  async #ask(): Promise<void> {
    try {
      this.#take(await ask())
    } catch (error) {
      this.problem = whyNot(error)
      if (this.known === null) setTimeout(() => void this.look(), RETRY_MS)
    }
  }

  #take(known: AccessView): void {
    const worker = workerOf(known)
    this.known = known
    this.problem = null
    if (worker !== null || this.worker === null) [this.worker, this.#seen] = [worker, known]
  }
}

export const access = new Access()
