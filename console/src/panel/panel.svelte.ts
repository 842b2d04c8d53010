/** The panel behind the screen: the fleet, the link that feeds it, the orders given from it. */
import type { EveryoneOutcome, Frame, HeldBill, Limit, NewPoint, Resolution, Verb } from '../central/contract.ts'
import { Link, type Status } from '../central/link.ts'
import { whyNot } from '../central/refusal.ts'
import {
  central, heldBills, order, orderEveryone, register, resolve, retire, setLimit, stopAfterSupply,
} from '../central/wire.ts'
import { texts } from '../texts/index.ts'
import { Fleet } from './fleet.svelte.ts'
import { limitText } from './limits.ts'
import { isOld } from './rules.ts'
import type { Sight } from './sight.ts'
import { Toasts } from './toasts.svelte.ts'

const TICK_MS = 1_000

export class Panel implements Sight {
  readonly fleet = new Fleet()
  readonly toasts = new Toasts()
  held = $state.raw<HeldBill[]>([])
  status = $state.raw<Status>('connecting')
  now = $state.raw(Date.now())
  readonly old = $derived(this.fleet.heardAt > 0 && isOld(this.fleet.heardAt, this.now))
  /** What Central's clock says now, in ms: it need not be the browser's. */
  readonly centralNow = $derived(this.fleet.saidAt + Math.max(0, this.now - this.fleet.heardAt))
  /** Orders to many points are being given, wherever that was begun. */
  ordersSome = $state.raw(false)
  #looks = 0
  #saysMetered = false
  /** Whose readings somebody wants, by who wants them. */
  readonly #metered = new Map<symbol, string[]>()
  #tick: ReturnType<typeof setInterval> | undefined
  readonly #link = new Link(central, {
    frame: (frame) => this.#take(frame),
    status: (status) => (this.status = status),
  })

  start(): void {
    clearInterval(this.#tick)
    this.#tick = setInterval(() => (this.now = Date.now()), TICK_MS)
    this.#link.start()
  }

  /** What was heard stays, and nothing more is heard. */
  stop(): void {
    clearInterval(this.#tick)
    this.#link.stop()
  }

  /** Hear the readings of these points as long as somebody looks at them; call what is returned once nobody does. */
  meter(points: string[]): () => void {
    const who = Symbol()
    this.#metered.set(who, points)
    this.#sayMetered()
    return () => {
      this.#metered.delete(who)
      this.#sayMetered()
    }
  }

  /** Whoever is drawn anew says first that they want nothing, and then the same again. */
  #sayMetered(): void {
    if (this.#saysMetered) return
    this.#saysMetered = true
    queueMicrotask(() => {
      this.#saysMetered = false
      this.#link.meter([...new Set([...this.#metered.values()].flat())].sort())
    })
  }

  async order(cpId: string, verb: Verb): Promise<void> {
    await this.#ask(() => order(cpId, verb))
  }

  async stopAfterSupply(cpId: string): Promise<void> {
    const done = await this.#ask(() => stopAfterSupply(cpId))
    if (done?.finishing) this.toasts.say('done', texts.orders.stopsAfter(cpId))
  }

  /** Make a point known; throws a Refusal, since what was typed is where that is told. */
  async register(point: NewPoint): Promise<void> {
    await register(point)
    this.toasts.say('done', texts.newPoint.added(point.cp_id))
    this.#link.refresh()
  }

  async retire(cpId: string): Promise<void> {
    const done = await this.#ask(() => retire(cpId))
    if (done) this.toasts.say('done', texts.orders.retired(cpId))
  }

  /** Whether it was done: where not, somebody has been told why. */
  async limit(cpId: string, limit: Limit | null): Promise<boolean> {
    const done = await this.#ask(() => setLimit(cpId, limit))
    if (done) this.toasts.say('done', limit === null ? texts.limit.taken(cpId) : texts.limit.set(cpId, limitText(limit)))
    return done !== null
  }

  /** Ask these points, one after the other, and say how far that is. */
  async orderSome(cpIds: string[], verb: 'stop' | 'resume', tell: (done: number) => void): Promise<void> {
    if (this.ordersSome) return
    this.ordersSome = true
    const outcome: EveryoneOutcome = { done: 0, failed: [] }
    for (const [place, cpId] of cpIds.entries()) {
      await order(cpId, verb).then(
        () => outcome.done++,
        (refusal) => outcome.failed.push({ cp_id: cpId, reason: whyNot(refusal) }),
      )
      tell(place + 1)
    }
    this.ordersSome = false
    this.#link.refresh()
    this.#report(texts.verbs[verb], outcome)
  }

  async orderEveryone(verb: 'stop' | 'resume'): Promise<void> {
    const outcome = await this.#ask(() => orderEveryone(verb))
    if (outcome) this.#report(texts.orders.all(verb), outcome)
  }

  async resolve(bill: HeldBill, resolution: Resolution): Promise<void> {
    const done = await this.#ask(() => resolve(bill.session_id, resolution))
    if (done) this.toasts.say('done', texts.resolving.done(bill.session_id))
    await this.#lookForHeldBills()
  }

  /** Whatever becomes of a held bill, there is a message about it. */
  #take(frame: Frame): void {
    this.fleet.take(frame, Date.now())
    if (frame.type === 'snapshot' || frame.messages.length > 0) void this.#lookForHeldBills()
  }

  async #lookForHeldBills(): Promise<void> {
    const look = ++this.#looks
    const held = await heldBills().catch(() => null)
    if (held && look === this.#looks) this.held = held
  }

  /** Have something done, and say so; where it is refused, somebody is told why, and the answer is null. */
  async attempt<T>(act: () => Promise<T>, done?: string): Promise<T | null> {
    try {
      const answer = await act()
      if (done !== undefined) this.toasts.say('done', done)
      return answer
    } catch (refusal) {
      this.toasts.say('refused', whyNot(refusal))
      return null
    }
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T | null> {
    const answer = await this.attempt(ask)
    if (answer !== null) this.#link.refresh()
    return answer
  }

  #report(what: string, { done, failed }: EveryoneOutcome): void {
    const first = failed[0]
    if (!first) return this.toasts.say('done', texts.orders.done(what, done))
    const where = failed.length > 1 ? texts.orders.andMore(first.cp_id, failed.length - 1) : first.cp_id
    this.toasts.say('refused', texts.orders.partly(what, done, where, texts.reason(first.reason)))
  }
}
