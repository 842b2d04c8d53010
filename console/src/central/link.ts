/** Keeps the panel fed: by WebSocket while it lasts, else by polling. Of a frame it knows how far it is, and no more. */
import type { Frame, Wish } from './contract.ts'

export type Status = 'connecting' | 'live' | 'polling' | 'offline'

export interface Socket {
  close(): void
  ask(wish: Wish): void
}

export interface Wire {
  /** Open a socket that goes on after a mark, or from the beginning. */
  open(events: { frame(frame: Frame): void; closed(): void }, mark: string | null): Socket
  poll(): Promise<Frame>
}

export interface Listener {
  frame(frame: Frame): void
  status(status: Status): void
}

export const POLL_MS = 2_000
/** Central beats at least every 5 s: a socket that is quiet for this long is dead, whatever TCP believes. */
export const SILENCE_MS = 9_000
export const FIRST_RETRY_MS = 1_000
export const LAST_RETRY_MS = 30_000
/** Central takes no more; no screen shows as many. */
const MOST_METERED = 2_000

export class Link {
  readonly #wire: Wire
  readonly #listener: Listener
  #status: Status = 'connecting'
  #socket: Socket | null = null
  /** The stream that is heard, and the number of its newest frame. */
  #heardOf: { stream: string; seq: number } | null = null
  /** The points whose readings are wanted, in order. */
  #metered: string[] = []
  #attempt = 0
  #pollTurn = 0
  #retryMs = FIRST_RETRY_MS
  #silence: ReturnType<typeof setTimeout> | undefined
  #nextPoll: ReturnType<typeof setTimeout> | undefined
  #nextOpen: ReturnType<typeof setTimeout> | undefined

  constructor(wire: Wire, listener: Listener) {
    this.#wire = wire
    this.#listener = listener
  }

  start(): void {
    this.#open()
    this.#nextPoll = setTimeout(() => this.refresh(), POLL_MS)
  }

  /** Ask no more, until it is started again. */
  stop(): void {
    this.#attempt++
    this.#pollTurn++
    for (const timer of [this.#silence, this.#nextPoll, this.#nextOpen]) clearTimeout(timer)
    this.#socket?.close()
    this.#retryMs = FIRST_RETRY_MS
    this.#become('connecting')
  }

  /** Hear the readings of these points alone. */
  meter(points: string[]): void {
    if (points.join() === this.#metered.join()) return
    this.#metered = points
    if (this.#status === 'live') this.#askForReadings()
  }

  /** Ask Central now instead of at the next turn; a live socket needs no asking. */
  refresh(): void {
    clearTimeout(this.#nextPoll)
    if (this.#status !== 'live') void this.#poll(++this.#pollTurn)
  }

  #open(): void {
    const attempt = ++this.#attempt
    const isCurrent = () => attempt === this.#attempt
    const mark = this.#heardOf && `${this.#heardOf.stream}.${this.#heardOf.seq}`
    this.#socket = this.#wire.open({
      frame: (frame) => { if (isCurrent()) this.#heard(frame) },
      closed: () => { if (isCurrent()) this.#lost() },
    }, mark)
    this.#watch()
  }

  #heard(frame: Frame): void {
    this.#retryMs = FIRST_RETRY_MS
    this.#pollTurn++
    clearTimeout(this.#nextPoll)
    this.#watch()
    this.#note(frame)
    this.#listener.frame(frame)
    if (this.#status !== 'live') this.#askForReadings()
    this.#become('live')
  }

  /** Where a frame is missing, everything is asked for again. */
  #note({ type, stream, seq }: Frame & { stream?: string }): void {
    if (seq === undefined) return
    if (type === 'snapshot') this.#heardOf = stream === undefined ? null : { stream, seq }
    if (type === 'snapshot' || this.#heardOf === null) return
    if (seq > this.#heardOf.seq + 1) this.#socket?.ask({ type: 'subscribe', points: null })
    this.#heardOf.seq = seq
  }

  #askForReadings(): void {
    this.#socket?.ask({ type: 'readings', points: this.#metered.slice(0, MOST_METERED) })
  }

  #lost(): void {
    clearTimeout(this.#silence)
    this.#attempt++
    this.#socket?.close()
    this.#nextOpen = setTimeout(() => this.#open(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
    if (this.#status === 'connecting') this.refresh()
    if (this.#status !== 'live') return
    // The next socket goes on where this one ended, unless a poll has told everything meanwhile.
    clearTimeout(this.#nextPoll)
    this.#nextPoll = setTimeout(() => this.refresh(), POLL_MS)
    this.#become('connecting')
  }

  async #poll(turn: number): Promise<void> {
    try {
      const frame = await this.#wire.poll()
      if (turn !== this.#pollTurn) return
      this.#heardOf = null
      this.#listener.frame(frame)
      this.#become('polling')
    } catch {
      if (turn !== this.#pollTurn) return
      this.#become('offline')
    }
    this.#nextPoll = setTimeout(() => this.refresh(), POLL_MS)
  }

  #watch(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#lost(), SILENCE_MS)
  }

  #become(status: Status): void {
    if (status === this.#status) return
    this.#status = status
    this.#listener.status(status)
  }
}
