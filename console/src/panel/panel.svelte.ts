/** The panel behind the screen: the fleet, the link that feeds it, the orders given from it. */
import type { EveryoneOutcome, Verb } from '../central/contract.ts'
import { Link, type Status } from '../central/link.ts'
import { central, order, orderEveryone } from '../central/wire.ts'
import { Fleet } from './fleet.svelte.ts'
import { isOld } from './rules.ts'
import { Toasts } from './toasts.svelte.ts'
import { VERBS } from './words.ts'

const TICK_MS = 1_000

export class Panel {
  readonly fleet = new Fleet()
  readonly toasts = new Toasts()
  status = $state.raw<Status>('connecting')
  now = $state.raw(Date.now())
  readonly old = $derived(this.fleet.heardAt > 0 && isOld(this.fleet.heardAt, this.now))
  readonly #link = new Link(central, {
    frame: (frame) => this.fleet.take(frame, Date.now()),
    status: (status) => (this.status = status),
  })

  start(): void {
    setInterval(() => (this.now = Date.now()), TICK_MS)
    this.#link.start()
  }

  async order(cpId: string, verb: Verb): Promise<void> {
    await this.#ask(() => order(cpId, verb))
  }

  async orderEveryone(verb: 'stop' | 'resume'): Promise<void> {
    const outcome = await this.#ask(() => orderEveryone(verb))
    if (outcome) this.#report(verb, outcome)
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      const answer = await ask()
      this.#link.refresh()
      return answer
    } catch (refusal) {
      this.toasts.say('refused', refusal instanceof Error ? refusal.message : String(refusal))
      return null
    }
  }

  #report(verb: 'stop' | 'resume', { done, failed }: EveryoneOutcome): void {
    const first = failed[0]
    if (!first) return this.toasts.say('done', `${VERBS[verb]} all: done at ${done} points.`)
    const where = failed.length > 1 ? `${first.cp_id} and ${failed.length - 1} more` : first.cp_id
    this.toasts.say('refused', `${VERBS[verb]} all: done at ${done} points, not at ${where}: ${first.reason}`)
  }
}
