/** A replay: the fleet as it was at a moment, which is chosen, or passes. It asks for how everything stood once, and then
 *  for what changed, some seconds ahead. */
import type { IncidentView, PointThenView, ReplayChangesPage, ReplayChangeView, ReplayView } from '../central/views.ts'
import { whyNot } from '../central/refusal.ts'
import { Fleet } from './fleet.svelte.ts'
import type { Sight } from './sight.ts'
import { aheadOf, kwOf, momentMs, readingOf, type Speed, viewOf } from './then.ts'

/** How Central is asked of the past. */
export interface PastWire {
  at(at: number): Promise<ReplayView>
  changes(from: number, to: number, after: string | null): Promise<ReplayChangesPage>
  beside(at: number, isLater: boolean, within: number): Promise<IncidentView | null>
}

/** How far away an incident is looked for. */
const FAR_MS = 31 * 86_400_000 - 1_000

export class Replay implements Sight {
  /** Another one after each jump: time may have gone backward. */
  fleet = $state.raw(new Fleet())
  /** The moment, in ms. */
  at = $state.raw(0)
  playing = $state(false)
  speed = $state<Speed>(1)
  problem = $state.raw<string | null>(null)
  /** The moment of what is seen, in ms, which follows the one that is chosen; 0 before anything is. */
  seenAt = $state.raw(0)
  /** From when on the ledger has anything, in ms. */
  begins = $state.raw(0)
  /** The incident that was jumped to last. */
  incident = $state.raw<IncidentView | null>(null)
  readonly old = false
  readonly #wire: PastWire
  readonly #now: () => number
  readonly #points = new Map<string, PointThenView>()
  readonly #metered = new Map<symbol, string[]>()
  #totals: ReplayView['totals'] | null = null
  #coming: ReplayChangeView[] = []
  /** Until when what changed is known, in ms. */
  #known = 0
  #asking = false
  #seeking = false
  #turn = 0

  /** `now` is the present moment by Central's clock, in ms, beyond which nothing can be seen. */
  constructor(wire: PastWire, now: () => number) {
    this.#wire = wire
    this.#now = now
  }

  get now(): number {
    return this.seenAt
  }

  get centralNow(): number {
    return this.seenAt
  }

  /** What is chosen is not seen yet. */
  get waits(): boolean {
    return this.seenAt !== this.at && this.problem === null
  }

  meter(points: string[]): () => void {
    const who = Symbol()
    this.#metered.set(who, points)
    return () => this.#metered.delete(who)
  }

  /** See the network at another moment, or at the nearest one that there is. */
  async seek(at: number): Promise<void> {
    this.at = Math.max(this.begins, Math.min(Math.floor(at), this.#now()))
    this.#turn++
    if (this.#seeking) return
    this.#seeking = true
    let turn = 0
    do {
      turn = this.#turn
      await this.#look(this.at, turn)
    } while (turn !== this.#turn)
    this.#seeking = false
  }

  /** Go to the next incident, or to the one before; whether there is one. */
  async jump(isLater: boolean): Promise<boolean> {
    this.playing = false
    try {
      const found = await this.#wire.beside(this.at, isLater, FAR_MS)
      if (found === null) return false
      this.incident = found
      await this.seek(momentMs(found.at) ?? this.at)
      return true
    } catch (refusal) {
      this.problem = whyNot(refusal)
      return true
    }
  }

  /** Let so many ms of the reader's time pass. */
  pass(ms: number): void {
    if (!this.playing || this.#seeking || this.seenAt === 0) return
    const to = Math.min(this.at + ms * this.speed, this.#known, this.#now())
    if (to > this.at) this.#advance(Math.floor(to))
    if (this.at >= this.#now() - 1) this.playing = false
    if (this.#known - this.at < aheadOf(this.speed) / 2) void this.#askAhead()
  }

  async #look(at: number, turn: number): Promise<void> {
    try {
      const told = await this.#wire.at(at)
      if (turn === this.#turn) this.#show(told, at)
    } catch (refusal) {
      if (turn !== this.#turn) return
      this.problem = whyNot(refusal)
      this.playing = false
    }
  }

  #show(told: ReplayView, at: number): void {
    this.#points.clear()
    for (const point of told.points) this.#points.set(point.cp_id, point)
    this.#totals = told.totals
    this.#coming = []
    this.#known = at
    this.begins = momentMs(told.ledger_begins_at) ?? 0
    this.problem = null
    const fleet = new Fleet()
    const points = told.points.map((point) => viewOf(point, at))
    const totals = { ...told.totals, kw: kwOf(told.points) }
    fleet.take({ type: 'snapshot', ts: told.at, points, messages: told.messages, totals }, at)
    this.fleet = fleet
    this.seenAt = at
  }

  async #askAhead(): Promise<void> {
    const to = Math.min(this.#known + aheadOf(this.speed), this.#now())
    if (this.#asking || to <= this.#known) return
    this.#asking = true
    const turn = this.#turn
    try {
      const items: ReplayChangeView[] = []
      let [until, after]: [number, string | null] = [to, null]
      do {
        const page: ReplayChangesPage = await this.#wire.changes(this.#known, to, after)
        items.push(...page.items)
        after = page.next
        until = Math.min(until, Date.parse(page.ends_at))
      } while (after !== null && turn === this.#turn)
      if (turn === this.#turn) {
        this.#coming = [...this.#coming, ...items]
        this.#known = until
      }
    } catch (refusal) {
      if (turn === this.#turn) {
        this.problem = whyNot(refusal)
        this.playing = false
      }
    }
    this.#asking = false
  }

  #advance(to: number): void {
    this.at = to
    const due = this.#coming.findIndex((change) => momentMs(change.at)! > to)
    const changes = this.#coming.splice(0, due < 0 ? this.#coming.length : due)
    const changed = new Set<string>()
    const gone = new Set<string>()
    for (const { point, gone: left } of changes) {
      if (point !== null) {
        this.#points.set(point.cp_id, point)
        changed.add(point.cp_id)
        gone.delete(point.cp_id)
      } else if (left !== null) {
        this.#points.delete(left)
        changed.delete(left)
        gone.add(left)
      }
    }
    const messages = changes.flatMap(({ message }) => (message === null ? [] : [message])).reverse()
    this.#tell(to, [...changed], [...gone], messages)
  }

  #tell(at: number, changed: string[], gone: string[], messages: ReplayView['messages']): void {
    const points = changed.map((id) => viewOf(this.#points.get(id)!, at))
    const seen = new Set([...this.#metered.values()].flat())
    const telemetry = [...seen].flatMap((id) => {
      const then = this.#points.get(id)
      const reading = then === undefined ? null : readingOf(then, at)
      return reading === null ? [] : [reading]
    })
    const totals = { ...this.#totals!, kw: changed.length > 0 || gone.length > 0 ? kwOf(this.#points.values()) : this.fleet.kw }
    const ts = new Date(at).toISOString()
    this.fleet.take({ type: 'changes', seq: 0, ts, points, gone, telemetry, messages, totals }, at)
    this.seenAt = at
  }
}
