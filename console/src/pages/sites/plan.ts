/** The plan of a site: where its points stand, in metres, and how they are moved. Pure. */
import type { PlacedPoint } from '../../central/views.ts'

/** A parking place, in m: what is drawn of a point. */
export const [BAY_WIDE, BAY_HIGH] = [2.6, 5]
/** Between two rows there is a lane to drive in, in m. */
const [GAP, LANE] = [0.4, 6]
const MOST_METRES = 10_000
/** Places are kept to the centimetre. */
const PER_METRE = 100

/** How far an arrow key moves a point, in m, and a hand that drags it. */
export const [STEP, FAR, GRID] = [0.5, 5, 0.1]
export const TURN = 15

/** A drawing is so many times as wide as high, and so many m wide at least. */
const [LEAST_WIDE, WIDEST, LEAST_M] = [1.7, 2.6, 30]

/** What a drawing shows, in m. */
export interface Frame {
  left: number
  top: number
  width: number
  height: number
}

/** The part of the plan that has all points in it, with some room around them. */
export function frameOf(placed: PlacedPoint[], room = 4): Frame {
  const reach = Math.max(BAY_WIDE, BAY_HIGH) / 2
  const xs = placed.map(({ x_m: x }) => x)
  const ys = placed.map(({ y_m: y }) => y)
  const [left, top] = [least(xs, 0) - reach - room, least(ys, 0) - reach - room]
  const right = most(xs, 24) + reach + room
  const bottom = most(ys, 10) + reach + room
  const height = Math.max(bottom - top, (right - left) / WIDEST, LEAST_M / WIDEST)
  const width = Math.max(right - left, height * LEAST_WIDE, LEAST_M)
  return { left: (left + right - width) / 2, top: (top + bottom - height) / 2, width, height }
}

function least(values: number[], none: number): number {
  return values.length === 0 ? none : values.reduce((a, b) => Math.min(a, b))
}

function most(values: number[], none: number): number {
  return values.length === 0 ? none : values.reduce((a, b) => Math.max(a, b))
}

function within(metres: number): number {
  return Math.round(Math.min(Math.max(metres, 0), MOST_METRES) * PER_METRE) / PER_METRE
}

/** The same plan with one point elsewhere. */
export function movedTo(placed: PlacedPoint[], id: string, x: number, y: number): PlacedPoint[] {
  return placed.map((point) => (point.cp_id === id ? { ...point, x_m: within(x), y_m: within(y) } : point))
}

export function turned(placed: PlacedPoint[], id: string, by = TURN): PlacedPoint[] {
  return placed.map((point) => (point.cp_id === id ? { ...point, angle: (point.angle + by + 360) % 360 } : point))
}

export function without(placed: PlacedPoint[], id: string): PlacedPoint[] {
  return placed.filter((point) => point.cp_id !== id)
}

/** The same plan with one point more, to the right of the lowest row. */
export function withPoint(placed: PlacedPoint[], id: string): PlacedPoint[] {
  const y = most(placed.map((point) => point.y_m), BAY_HIGH / 2)
  const row = placed.filter((point) => Math.abs(point.y_m - y) < BAY_HIGH / 2)
  const x = most(row.map((point) => point.x_m), BAY_WIDE / 2 - BAY_WIDE - GAP) + BAY_WIDE + GAP
  return [...placed, { cp_id: id, x_m: within(x), y_m: within(y), angle: 0 }]
}

/** All of them in rows, two by two with a lane between, those of a row with their back to those of the next. */
export function inRows(ids: string[]): PlacedPoint[] {
  const long = Math.max(4, Math.ceil(Math.sqrt(ids.length * 2.5)))
  return ids.map((id, number) => {
    const [row, column] = [Math.floor(number / long), number % long]
    const lanes = Math.floor((row + 1) / 2)
    return {
      cp_id: id,
      x_m: within(BAY_WIDE / 2 + column * (BAY_WIDE + GAP)),
      y_m: within(BAY_HIGH / 2 + row * BAY_HIGH + lanes * LANE),
      angle: row % 2 === 0 ? 0 : 180,
    }
  })
}

/** To the nearest place on a grid. */
export function snapped(metres: number): number {
  return Math.round(metres / GRID) * GRID
}

/** A round length that is about a fifth of the drawing, in m. */
export function rulerOf({ width }: Frame): number {
  const power = 10 ** Math.floor(Math.log10(width / 5))
  return ([5, 2, 1].find((step) => step * power <= width / 5) ?? 1) * power
}
