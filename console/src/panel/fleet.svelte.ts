/** Every charging point and message as Central last told; a change to one point redraws that point alone. */
import type { Changes, Frame, Notice, PointView, Reading } from '../central/contract.ts'
import { inOrder } from './rules.ts'

const MESSAGES_KEPT = 100

export type Meter = Pick<Reading, 'kw' | 'kwh' | 'euros'>

export class Point {
  readonly id: string
  view: PointView
  meter: Meter | null
  meterAt: number

  constructor(view: PointView, at: number) {
    this.id = view.cp_id
    this.view = $state.raw(view)
    this.meter = $state.raw(view.session)
    this.meterAt = $state.raw(at)
  }

  show(view: PointView, at: number): void {
    const goesOn = view.session !== null && view.session.session_id === this.view.session?.session_id
    this.view = view
    // A view may be older than the last reading, and energy never runs backwards.
    if (!goesOn || !this.meter || view.session!.kwh >= this.meter.kwh) this.meter = view.session
    this.meterAt = at
  }

  measure(reading: Reading, at: number): void {
    const session = this.view.session
    if (!session || (reading.session_id ?? session.session_id) !== session.session_id) return
    this.meter = reading
    this.meterAt = at
  }
}

export class Fleet {
  points = $state.raw<Point[]>([])
  messages = $state.raw<Notice[]>([])
  heardAt = $state.raw(0)
  #byId = new Map<string, Point>()

  /** Take in a frame that was heard at a moment of the browser's own clock, in ms. */
  take(frame: Frame, at: number): void {
    this.heardAt = at
    if (frame.type === 'snapshot') this.#forgetOthers(frame.points)
    this.#show(frame.points, at)
    if (frame.type === 'snapshot') this.messages = frame.messages
    else this.#change(frame, at)
  }

  #change(frame: Changes, at: number): void {
    for (const reading of frame.telemetry) this.#byId.get(reading.cp_id)?.measure(reading, at)
    if (frame.messages.length === 0) return
    const news = new Set(frame.messages.map((notice) => notice.notice_id))
    const before = this.messages.filter((notice) => !news.has(notice.notice_id))
    this.messages = [...frame.messages, ...before].slice(0, MESSAGES_KEPT)
  }

  #forgetOthers(views: PointView[]): void {
    const known = new Set(views.map((view) => view.cp_id))
    for (const id of this.#byId.keys()) if (!known.has(id)) this.#byId.delete(id)
    if (this.#byId.size < this.points.length) this.points = this.points.filter((point) => known.has(point.id))
  }

  #show(views: PointView[], at: number): void {
    const before = this.#byId.size
    for (const view of views) {
      const point = this.#byId.get(view.cp_id)
      if (point) point.show(view, at)
      else this.#byId.set(view.cp_id, new Point(view, at))
    }
    if (this.#byId.size === before) return
    this.points = [...this.#byId.values()].sort((a, b) => inOrder(a.id, b.id))
  }
}
