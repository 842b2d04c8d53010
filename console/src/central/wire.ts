/** Central's doors, as a browser opens them. Addresses are relative: a proxy may put the panel below a path. */
import type { EveryoneOutcome, HeldBill, Limit, NewPoint, Notice, PointView, Resolution, Said, Verb } from './contract.ts'
import type { Wire } from './link.ts'
import { Refusal, refusalOf } from './refusal.ts'
import { texts } from '../texts/index.ts'

const POLL_TIMEOUT_MS = 4_000
const ORDER_TIMEOUT_MS = 10_000
/** What is refused there says nothing of who is signed in. */
const SIGN_IN = 'api/v1/auth/'

let accessRefused = () => {}

/** What to do when Central does not know any more who asks, or what they may do has changed. */
export function onAccessRefused(act: () => void): void {
  accessRefused = act
}

export const central: Wire = {
  open(events, mark) {
    const url = new URL('ws', document.baseURI)
    url.protocol = url.protocol.replace('http', 'ws')
    if (mark !== null) url.searchParams.set('after', mark)
    const socket = new WebSocket(url)
    socket.onmessage = (message) => {
      const said = JSON.parse(message.data) as Said
      if (said.type !== 'refused') events.frame(said)
    }
    socket.onclose = () => events.closed()
    return {
      close: () => socket.close(),
      ask: (wish) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(wish))
      },
    }
  },

  async poll() {
    const heard = get<Notice[]>('messages?limit=50').catch(() => null)
    const answer = await ask('cp')
    const ts = answer.headers.get('Central-Time') ?? new Date().toISOString()
    const points = (await answer.json()) as PointView[]
    return { type: 'snapshot', ts, points, messages: await heard }
  },
}

/** Ask one charging point to do something; throws a Refusal whose message is the sentence to show. */
export function order(cpId: string, verb: Verb): Promise<PointView> {
  return post(`cp/${encodeURIComponent(cpId)}/${verb}`)
}

/** Ask every charging point; those that could not are listed in the outcome. */
export function orderEveryone(verb: 'stop' | 'resume'): Promise<EveryoneOutcome> {
  return post(`cp/${verb}`)
}

/** Make a point known, before any program of it runs; throws a Refusal whose message is the sentence to show. */
export async function register(point: NewPoint): Promise<void> {
  await say('POST', 'cp/register', point)
}

/** Take a point out of the network; throws a Refusal whose message is the sentence to show. */
export async function retire(cpId: string): Promise<true> {
  await say('DELETE', `cp/${encodeURIComponent(cpId)}`)
  return true
}

/** Stop a point once its supply has ended, or at once where none runs; throws a Refusal whose message is the sentence
    to show. */
export function stopAfterSupply(cpId: string): Promise<PointView> {
  return post(`api/v1/points/${encodeURIComponent(cpId)}/stop-after-supply`)
}

/** Limit what a point may give, or take its limit away; throws a Refusal whose message is the sentence to show. */
export async function setLimit(cpId: string, limit: Limit | null): Promise<true> {
  await say(limit === null ? 'DELETE' : 'PUT', `api/v1/points/${encodeURIComponent(cpId)}/limit`, limit ?? undefined)
  return true
}

/** The newest sessions whose bills wait for an operator. */
export function heldBills(): Promise<HeldBill[]> {
  return get('sessions?status=SUSPECT&limit=100')
}

/** Bill a suspect session; throws a Refusal whose message is the sentence to show. */
export function resolve(sessionId: string, resolution: Resolution): Promise<unknown> {
  return post(`sessions/${encodeURIComponent(sessionId)}/settle`, resolution)
}

/** What is at an address of Central; throws a Refusal whose message is the sentence to show. */
export async function get<T>(path: string): Promise<T> {
  return (await ask(path)).json() as Promise<T>
}

async function ask(path: string): Promise<Response> {
  const answer = await fetch(path, { signal: AbortSignal.timeout(POLL_TIMEOUT_MS), cache: 'no-store' }).catch(() => {
    throw new Refusal(texts.unreachable)
  })
  return accepted(path, answer)
}

/** Have Central do something, and give its answer; throws a Refusal whose message is the sentence to show. */
export async function post<T>(path: string, said?: object, timeoutMs = ORDER_TIMEOUT_MS): Promise<T> {
  return (await say('POST', path, said, timeoutMs)).json() as Promise<T>
}

/** Have something be as it is said, or be no more; throws a Refusal whose message is the sentence to show. */
export async function say(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  said?: object,
  timeoutMs = ORDER_TIMEOUT_MS,
  named: Record<string, string> = {},
): Promise<Response> {
  const signal = AbortSignal.timeout(timeoutMs)
  const headers = { ...(said && { 'Content-Type': 'application/json' }), ...named }
  const body = said && { body: JSON.stringify(said) }
  const answer = await fetch(path, { method, signal, headers, ...body }).catch(() => {
    throw new Refusal(texts.notDone)
  })
  return accepted(path, answer)
}

async function accepted(path: string, answer: Response): Promise<Response> {
  if (answer.ok) return answer
  if ([401, 403].includes(answer.status) && !path.startsWith(SIGN_IN)) accessRefused()
  throw await refusalOf(answer)
}
