/** Who is signed in: the access token in memory, and what renews it. It renews once at a time, in all pages of a browser. */
import { refusalOf, Refused, SignedOut, Unreachable } from './problem'
import type { Safe } from './safe'
import type { AccessView, AccountView, LoginBody, NewDriver, RefreshBody, RegisterBody, TokensView } from './types'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

const AUTH = 'api/v1/auth/'
/** So long before its end a token is renewed, in ms. */
const EARLY_MS = 30_000

export class Door {
  account: AccountView | null = null
  private token: string | null = null
  private endsAt = 0
  private renewing: Promise<string> | null = null

  constructor(
    private readonly central: () => string,
    private readonly fetch: Fetch,
    private readonly safe: Safe,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether people have to sign in. */
  async access(): Promise<AccessView> {
    const answer = await this.send('api/v1/access', { method: 'GET' })
    if (!answer.ok) throw await refusalOf(answer)
    return (await answer.json()) as AccessView
  }

  async register(name: string, password: string): Promise<void> {
    const body: RegisterBody = { name, password, cookie: this.safe.usesCookie }
    const made = await this.post<NewDriver>('register', body)
    await this.take(made.tokens)
  }

  async login(name: string, password: string): Promise<void> {
    const body: LoginBody = { name, password, cookie: this.safe.usesCookie }
    await this.take(await this.post<TokensView>('login', body))
  }

  /** A token that counts for a while; raises SignedOut, or Unreachable. */
  async fresh(): Promise<string> {
    if (this.token !== null && this.now() < this.endsAt - EARLY_MS) return this.token
    return this.renew()
  }

  /** The next token, whatever the one before. */
  renew(): Promise<string> {
    this.renewing ??= alone(() => this.renewed()).finally(() => (this.renewing = null))
    return this.renewing
  }

  async logout(): Promise<void> {
    const word = await this.safe.get()
    await this.post<null>('logout', word === null ? {} : { refresh_token: word })
    await this.forget()
  }

  /** The account is gone, or counts no more. */
  async forget(): Promise<void> {
    this.token = this.account = null
    await this.safe.set(null)
    this.safe.note(false)
  }

  private async renewed(): Promise<string> {
    const word = await this.safe.get()
    if (!(await this.safe.mayBeIn())) throw new SignedOut('Nobody has signed in here')
    const body: RefreshBody = word === null ? {} : { refresh_token: word }
    try {
      return await this.take(await this.post<TokensView>('refresh', body))
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error
      await this.forget()
      throw new SignedOut(error.message)
    }
  }

  private async take(tokens: TokensView): Promise<string> {
    if (tokens.refresh_token !== null) await this.safe.set(tokens.refresh_token)
    this.safe.note(true)
    this.token = tokens.access_token
    this.endsAt = this.now() + tokens.expires_in * 1000
    this.account = tokens.account
    return tokens.access_token
  }

  /** It goes on where the page is left meanwhile: a cookie that did not come would sign its driver out. */
  private async post<T>(path: string, body: object): Promise<T> {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await this.send(AUTH + path, { method: 'POST', body: JSON.stringify(body), headers, keepalive: true })
    if (!answer.ok) throw await refusalOf(answer)
    return (answer.status === 204 ? null : await answer.json()) as T
  }

  async send(path: string, init: RequestInit): Promise<Response> {
    try {
      return await this.fetch(this.central() + path, { credentials: 'same-origin', cache: 'no-store', ...init })
    } catch (error) {
      throw new Unreachable(String(error))
    }
  }
}

/** One page of a browser at a time, since a refresh token counts once. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks
  return locks ? (locks.request('evcharging.refresh', work) as Promise<T>) : work()
}
