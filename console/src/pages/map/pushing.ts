/** What pointers and a wheel do to a map: one pointer pushes it, two make it larger or smaller, and so does the wheel. */
import type { Place } from './mercator.ts'

export interface MapActs {
  push: (dx: number, dy: number) => void
  zoom: (factor: number, at: Place) => void
}

/** A pointer that has moved less, in px, was to press what it is on. */
const STILL_PX = 5
/** A wheel that turns by so many px makes the map larger by e. */
const WHEEL_PX = 350

export class Pushing {
  readonly act: MapActs
  readonly #pointers = new Map<number, Place>()
  #moved = 0

  constructor(act: MapActs) {
    this.act = act
  }

  down({ pointerId, clientX, clientY, button }: PointerEvent): void {
    if (button !== 0) return
    if (this.#pointers.size === 0) this.#moved = 0
    this.#pointers.set(pointerId, { x: clientX, y: clientY })
  }

  move(event: PointerEvent): void {
    const { pointerId, clientX: x, clientY: y } = event
    const before = this.#pointers.get(pointerId)
    if (before === undefined) return
    const [dx, dy] = [x - before.x, y - before.y]
    this.#moved += Math.abs(dx) + Math.abs(dy)
    const other = [...this.#pointers].find(([id]) => id !== pointerId)?.[1]
    if (other !== undefined) this.#pinch(event, before, other)
    else if (this.#moved >= STILL_PX) this.act.push(dx, dy)
    this.#pointers.set(pointerId, { x, y })
    // What is pushed follows the pointer wherever that goes.
    if (this.#moved >= STILL_PX) (event.currentTarget as Element).setPointerCapture(pointerId)
  }

  up({ pointerId }: PointerEvent): void {
    this.#pointers.delete(pointerId)
  }

  /** The end of a push presses nothing. */
  click(event: MouseEvent): void {
    if (this.#moved < STILL_PX || event.detail === 0) return
    event.preventDefault()
    event.stopPropagation()
  }

  wheel(event: WheelEvent): void {
    event.preventDefault()
    const turned = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY
    this.act.zoom(Math.exp(-turned / WHEEL_PX), placeOf(event))
  }

  #pinch({ clientX, clientY, currentTarget }: PointerEvent, before: Place, other: Place): void {
    const wide = Math.hypot(clientX - other.x, clientY - other.y)
    const was = Math.hypot(before.x - other.x, before.y - other.y)
    const middle = { clientX: (clientX + other.x) / 2, clientY: (clientY + other.y) / 2, currentTarget }
    if (was > 0) this.act.zoom(wide / was, placeOf(middle))
  }
}

/** Where it is on the map. */
function placeOf(event: Pick<MouseEvent, 'clientX' | 'clientY' | 'currentTarget'>): Place {
  const { left, top } = (event.currentTarget as Element).getBoundingClientRect()
  return { x: event.clientX - left, y: event.clientY - top }
}
