/** The Mercator projection, and the part of the world that a map shows. The world is 1 wide and 1 high. Pure. */
import type { Coordinates } from '../../central/views.ts'

/** Beyond these parallels the world would be higher than it is wide. */
const FARTHEST = 85.05

/** How wide the world is drawn at most, in px: 100 m are 40 px at the equator. */
export const LARGEST = 2 ** 24
const EARTH_M = 40_075_017
/** One site alone is seen with its region. */
const CITY = 0.02

export interface Place {
  x: number
  y: number
}

export interface Size {
  width: number
  height: number
}

/** The middle of what is seen, and how many px the world is wide. */
export interface Sight extends Place {
  scale: number
}

export function project({ latitude, longitude }: Coordinates): Place {
  const north = (Math.min(Math.max(latitude, -FARTHEST), FARTHEST) * Math.PI) / 180
  return { x: longitude / 360 + 0.5, y: 0.5 - Math.log(Math.tan(Math.PI / 4 + north / 2)) / (2 * Math.PI) }
}

/** Where a place is drawn, in px from the upper left corner. */
export function drawnAt({ x, y }: Place, sight: Sight, { width, height }: Size): Place {
  return { x: (x - sight.x) * sight.scale + width / 2, y: (y - sight.y) * sight.scale + height / 2 }
}

/** The sight in which all these places are seen, and so much of the world at least; all of it where there are none. */
export function fit(places: Place[], size: Size, smallest = CITY): Sight {
  const [world, margin] = [Math.max(size.width, 256), Math.min(90, size.width / 6)]
  if (places.length === 0) return { x: 0.5, y: 0.42, scale: world }
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)]
  const [left, right, top, bottom] = [least(xs), -least(xs.map((x) => -x)), least(ys), -least(ys.map((y) => -y))]
  const wide = Math.max(size.width - 2 * margin, 50) / Math.max(right - left, smallest)
  const high = Math.max(size.height - 2 * margin, 50) / Math.max(bottom - top, smallest)
  return bounded({ x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.min(wide, high) }, size)
}

function least(values: number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity)
}

/** A sight that shows the world and not what is beyond. */
export function bounded({ x, y, scale }: Sight, size: Size): Sight {
  const larger = Math.min(Math.max(scale, Math.max(size.width * 0.8, 256)), LARGEST)
  const within = (middle: number) => Math.min(Math.max(middle, 0), 1)
  return { x: within(x), y: within(y), scale: larger }
}

/** Closer by a factor, or farther; what is at this place on the screen stays there. */
export function zoomed(sight: Sight, factor: number, at: Place, size: Size): Sight {
  const scale = bounded({ ...sight, scale: sight.scale * factor }, size).scale
  const [dx, dy] = [at.x - size.width / 2, at.y - size.height / 2]
  const shift = 1 / sight.scale - 1 / scale
  return bounded({ x: sight.x + dx * shift, y: sight.y + dy * shift, scale }, size)
}

/** As if the map were pushed by so many px. */
export function pushed(sight: Sight, dx: number, dy: number, size: Size): Sight {
  return bounded({ ...sight, x: sight.x - dx / sight.scale, y: sight.y - dy / sight.scale }, size)
}

/** A round distance, in m, and how many px it is long in the middle of the map. */
export function ruler({ y, scale }: Sight, longest = 110): { metres: number; px: number } {
  const north = 2 * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - Math.PI / 2
  const perPx = (EARTH_M * Math.cos(north)) / scale
  const most = perPx * longest
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = ([5, 2, 1].find((step) => step * power <= most) ?? 1) * power
  return { metres, px: metres / perPx }
}
