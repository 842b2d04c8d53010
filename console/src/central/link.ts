/** Keeps the panel fed: by WebSocket while it lasts, else by polling. Knows nothing of what a frame says. */
import type { Frame } from './contract.ts'

export type Status = 'connecting' | 'live' | 'polling' | 'offline'

export interface Wire {
  open(events: { frame(frame: Frame): void; closed(): void }): { close(): void }
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

export class Link {
  readonly #wire: Wire
  readonly #listener: Listener
  #status: Status = 'connecting'
  #close: () => void = () => {}
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
    this.#close()
    this.#retryMs = FIRST_RETRY_MS
    this.#become('connecting')
  }

  /** Ask Central now instead of at the next turn; a live socket needs no asking. */
  refresh(): void {
    clearTimeout(this.#nextPoll)
    if (this.#status !== 'live') void this.#poll(++this.#pollTurn)
  }

  #open(): void {
    const attempt = ++this.#attempt
    const isCurrent = () => attempt === this.#attempt
    const socket = this.#wire.open({
      frame: (frame) => { if (isCurrent()) this.#heard(frame) },
      closed: () => { if (isCurrent()) this.#lost() },
    })
    this.#close = () => socket.close()
    this.#watch()
  }

  #heard(frame: Frame): void {
    this.#retryMs = FIRST_RETRY_MS
    this.#pollTurn++
    clearTimeout(this.#nextPoll)
    this.#watch()
    this.#listener.frame(frame)
    this.#become('live')
  }

  #lost(): void {
    clearTimeout(this.#silence)
    this.#attempt++
    this.#close()
    this.#nextOpen = setTimeout(() => this.#open(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
    if (this.#status === 'live') this.#become('connecting')
    if (this.#status === 'connecting') this.refresh()
  }

  async #poll(turn: number): Promise<void> {
    try {
      const frame = await this.#wire.poll()
      if (turn !== this.#pollTurn) return
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
