/** Keeps somebody looking on at the bus: opens the socket again when it is lost, and says anew what is wanted. */
import type { BusEvents, BusFrame, BusSocket, BusWish } from '../../central/bus.ts'

export type BusStatus = 'connecting' | 'live' | 'lost'

/** Central says every second how topics stand: a socket that is quiet for this long is dead. */
export const SILENCE_MS = 6_000
export const FIRST_RETRY_MS = 1_000
export const LAST_RETRY_MS = 30_000

export interface BusListener {
  frame(frame: BusFrame): void
  status(status: BusStatus): void
}

export class Watch {
  readonly #open: (events: BusEvents) => BusSocket
  readonly #listener: BusListener
  #wish: BusWish = { topics: null, text: '', paused: false }
  #socket: BusSocket | null = null
  #turn = 0
  #retryMs = FIRST_RETRY_MS
  #silence: ReturnType<typeof setTimeout> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(open: (events: BusEvents) => BusSocket, listener: BusListener) {
    this.#open = open
    this.#listener = listener
  }

  start(): void {
    const turn = ++this.#turn
    const isCurrent = () => turn === this.#turn
    this.#socket = this.#open({
      opened: () => { if (isCurrent()) this.#socket?.want(this.#wish) },
      frame: (frame) => { if (isCurrent()) this.#heard(frame) },
      closed: () => { if (isCurrent()) this.#lost() },
    })
    this.#watchSilence()
  }

  stop(): void {
    this.#turn++
    clearTimeout(this.#silence)
    clearTimeout(this.#retry)
    this.#socket?.close()
  }

  want(wish: BusWish): void {
    this.#wish = wish
    this.#socket?.want(wish)
  }

  #heard(frame: BusFrame): void {
    this.#retryMs = FIRST_RETRY_MS
    this.#watchSilence()
    this.#listener.status('live')
    this.#listener.frame(frame)
  }

  #lost(): void {
    this.stop()
    this.#listener.status('lost')
    this.#retry = setTimeout(() => this.start(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
  }

  #watchSilence(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#lost(), SILENCE_MS)
  }
}
