/** Every charging point and message as Central last told; a change to one point redraws that point alone. What is made of
 *  all points is made once a frame, however many points there are. */
import { untrack } from 'svelte'
import type { Changes, Frame, Notice, PointView, Reading } from '../central/contract.ts'
import { countGroups, ongoing, orderKey, readMoment } from './rules.ts'

const MESSAGES_KEPT = 100

export type Meter = Pick<Reading, 'kw' | 'kwh' | 'euros' | 'price' | 'read_at'>

/** When a frame was heard by the browser's clock, in ms, and when it was said by Central's. */
export interface Heard {
  at: number
  ts: string
}

/** What is known of a point. */
interface Known {
  view: PointView
  meter: Meter | null
  /** When the figures were read, by the browser's clock. */
  meterAt: number
}

/** All that is known of a point is one state: of a large network there are many. */
export class Point {
  readonly id: string
  readonly order: string
  #known: Known

  constructor(view: PointView, heard: Heard) {
    this.id = view.cp_id
    this.order = orderKey(view.cp_id)
    this.#known = $state.raw({ view, meter: view.session, meterAt: readMoment(view.session, heard) })
  }

  get view(): PointView {
    return this.#known.view
  }

  get meter(): Meter | null {
    return this.#known.meter
  }

  get meterAt(): number {
    return this.#known.meterAt
  }

  show(view: PointView, heard: Heard): void {
    const { view: before, meter } = this.#known
    const goesOn = view.session !== null && view.session.session_id === before.session?.session_id
    // A view may be older than the last reading, and energy never runs backwards.
    const isNewer = !goesOn || !meter || view.session!.kwh >= meter.kwh
    this.#known = isNewer ? this.#read(view, view.session, heard, goesOn) : { ...this.#known, view }
  }

  measure(reading: Reading, heard: Heard): void {
    const { view } = this.#known
    if (!view.session || (reading.session_id ?? view.session.session_id) !== view.session.session_id) return
    this.#known = this.#read(view, reading, heard, true)
  }

  /** Figures that Central does not date are as old as when they were first seen. */
  #read(view: PointView, meter: Meter | null, heard: Heard, goesOn: boolean): Known {
    const before = this.#known
    const isSeen = goesOn && meter !== null && meter.read_at === null && meter.kwh === before.meter?.kwh
    return { view, meter, meterAt: isSeen ? before.meterAt : readMoment(meter, heard) }
  }
}

export class Fleet {
  points = $state.raw<Point[]>([])
  messages = $state.raw<Notice[]>([])
  heardAt = $state.raw(0)
  /** When the newest frame was said, by Central's clock in ms. */
  saidAt = $state.raw(0)
  /** Power of all sessions, in kW. */
  kw = $state.raw(0)
  /** Grows with each frame after which a point is seen to be in another state. */
  #version = $state.raw(0)
  /** How all points stand; one that is drawn shows its own view instead. */
  readonly views = $derived.by(() => {
    void this.#version
    return untrack(() => this.points.map((point) => point.view))
  })
  readonly counts = $derived(countGroups(this.views))
  readonly requests = $derived(ongoing(this.views))
  #byId = new Map<string, Point>()

  /** Take in a frame that was heard at a moment of the browser's own clock, in ms. */
  take(frame: Frame, at: number): void {
    const heard = { at, ts: frame.ts }
    this.heardAt = at
    this.saidAt = Date.parse(frame.ts)
    if (frame.type === 'snapshot') this.#keep(new Set(frame.points.map((view) => view.cp_id)))
    this.#show(frame.points, heard)
    this.kw = frame.totals?.kw ?? powerOf(frame.points)
    if (frame.type === 'snapshot') this.messages = frame.messages ?? this.messages
    else this.#change(frame, heard)
  }

  /** The point of an ID, once it is known. */
  find(id: string): Point | undefined {
    void this.points
    return this.#byId.get(id)
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
    if (this.#byId.size === this.points.length) return
    this.points = this.points.filter((point) => known.has(point.id))
    this.#version++
  }

  #show(views: PointView[], heard: Heard): void {
    const before = this.#byId.size
    for (const view of views) {
      const point = this.#byId.get(view.cp_id)
      if (point) point.show(view, heard)
      else this.#byId.set(view.cp_id, new Point(view, heard))
    }
    if (views.length > 0) this.#version++
    if (this.#byId.size === before) return
    this.points = [...this.#byId.values()].sort((a, b) => (a.order < b.order ? -1 : 1))
  }
}

/** An answer to a poll does not say what flows in all, but each session does. */
function powerOf(views: PointView[]): number {
  return views.reduce((sum, { session }) => sum + (session?.kw ?? 0), 0)
}
