/** The driver's live stream: opened again whenever it ends, or says nothing for too long. */
import type { Central } from './central'
import { SignedOut } from './problem'
import type { HeartbeatFrame, OwnQueueFrame, OwnReservationFrame, OwnSnapshotFrame, OwnUpdateFrame } from './types'

export type Frame = OwnSnapshotFrame | OwnUpdateFrame | OwnQueueFrame | OwnReservationFrame | HeartbeatFrame

/** Central says something every 5 s. */
const SILENT_MS = 12_000
const PAUSES_MS = [300, 1_000, 2_000, 4_000, 5_000]

export interface Listener {
  heard(frame: Frame): void
  lost(): void
  signedOut(): void
}

export class OwnStream {
  private socket: WebSocket | null = null
  private watch: ReturnType<typeof setTimeout> | undefined
  private tries = 0
  private isOver = false

  constructor(
    private readonly central: Central,
    private readonly address: () => string,
    private readonly listener: Listener,
  ) {}

  start(): void {
    void this.open()
  }

  /** Try at once, such as when the network is back. */
  hurry(): void {
    if (this.isOver || this.socket?.readyState === WebSocket.OPEN) return
    this.tries = 0
    clearTimeout(this.watch)
    this.drop()
    void this.open()
  }

  end(): void {
    this.isOver = true
    clearTimeout(this.watch)
    this.drop()
  }

  private async open(): Promise<void> {
    let ticket: string
    try {
      ticket = (await this.central.ticket()).ticket
    } catch (error) {
      if (error instanceof SignedOut) this.listener.signedOut()
      else this.later()
      return
    }
    if (this.isOver) return
    const url = `${this.address().replace(/^http/, 'ws')}api/v1/me/stream`
    const socket = new WebSocket(url, [`ticket.${ticket}`])
    this.socket = socket
    this.expect()
    socket.onmessage = ({ data }) => {
      this.tries = 0
      this.expect()
      this.listener.heard(JSON.parse(String(data)) as Frame)
    }
    socket.onclose = () => {
      if (this.socket === socket) this.later()
    }
  }

  /** Something has to be heard soon. */
  private expect(): void {
    clearTimeout(this.watch)
    this.watch = setTimeout(() => this.later(), SILENT_MS)
  }

  private later(): void {
    if (this.isOver) return
    this.drop()
    this.listener.lost()
    clearTimeout(this.watch)
    const ms = PAUSES_MS[Math.min(this.tries++, PAUSES_MS.length - 1)]!
    this.watch = setTimeout(() => void this.open(), ms * (0.7 + 0.6 * Math.random()))
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    socket?.close()
  }
}
