/** Every charging point and message as Central last told; a change to one point redraws that point alone. */
import type { Changes, Frame, Notice, PointView, Reading } from '../central/contract.ts'
import { inOrder, readMoment } from './rules.ts'

const MESSAGES_KEPT = 100

export type Meter = Pick<Reading, 'kw' | 'kwh' | 'euros' | 'price' | 'read_at'>

/** When a frame was heard by the browser's clock, in ms, and when it was said by Central's. */
export interface Heard {
  at: number
  ts: string
}

export class Point {
  readonly id: string
  view: PointView
  meter: Meter | null
  /** When the figures were read, by the browser's clock. */
  meterAt: number

  constructor(view: PointView, heard: Heard) {
    this.id = view.cp_id
    this.view = $state.raw(view)
    this.meter = $state.raw(view.session)
    this.meterAt = $state.raw(readMoment(view.session, heard))
  }

  show(view: PointView, heard: Heard): void {
    const goesOn = view.session !== null && view.session.session_id === this.view.session?.session_id
    this.view = view
    // A view may be older than the last reading, and energy never runs backwards.
    if (!goesOn || !this.meter || view.session!.kwh >= this.meter.kwh) this.#read(view.session, heard, goesOn)
  }

  measure(reading: Reading, heard: Heard): void {
    const session = this.view.session
    if (!session || (reading.session_id ?? session.session_id) !== session.session_id) return
    this.#read(reading, heard, true)
  }

  /** Figures that Central does not date are as old as when they were first seen. */
  #read(meter: Meter | null, heard: Heard, goesOn: boolean): void {
    const isSeen = goesOn && meter !== null && meter.read_at === null && meter.kwh === this.meter?.kwh
    if (!isSeen) this.meterAt = readMoment(meter, heard)
    this.meter = meter
  }
}

export class Fleet {
  points = $state.raw<Point[]>([])
  messages = $state.raw<Notice[]>([])
  heardAt = $state.raw(0)
  /** When the newest frame was said, by Central's clock in ms. */
  saidAt = $state.raw(0)
  #byId = new Map<string, Point>()

  /** Take in a frame that was heard at a moment of the browser's own clock, in ms. */
  take(frame: Frame, at: number): void {
    const heard = { at, ts: frame.ts }
    this.heardAt = at
    this.saidAt = Date.parse(frame.ts)
    if (frame.type === 'snapshot') this.#keep(new Set(frame.points.map((view) => view.cp_id)))
    this.#show(frame.points, heard)
    if (frame.type === 'snapshot') this.messages = frame.messages ?? this.messages
    else this.#change(frame, heard)
  }

  #change(frame: Changes, heard: Heard): void {
    const gone = new Set(frame.gone)
    if (gone.size > 0) this.#keep(new Set([...this.#byId.keys()].filter((id) => !gone.has(id))))
    for (const reading of frame.telemetry) this.#byId.get(reading.cp_id)?.measure(reading, heard)
    if (frame.messages.length === 0) return
    const news = new Set(frame.messages.map((notice) => notice.notice_id))
    const before = this.messages.filter((notice) => !news.has(notice.notice_id))
    this.messages = [...frame.messages, ...before].slice(0, MESSAGES_KEPT)
  }

  #keep(known: Set<string>): void {
    for (const id of this.#byId.keys()) if (!known.has(id)) this.#byId.delete(id)
    if (this.#byId.size < this.points.length) this.points = this.points.filter((point) => known.has(point.id))
  }

  #show(views: PointView[], heard: Heard): void {
    const before = this.#byId.size
    for (const view of views) {
      const point = this.#byId.get(view.cp_id)
      if (point) point.show(view, heard)
      else this.#byId.set(view.cp_id, new Point(view, heard))
    }
    if (this.#byId.size === before) return
    this.points = [...this.#byId.values()].sort((a, b) => inOrder(a.id, b.id))
  }
}
