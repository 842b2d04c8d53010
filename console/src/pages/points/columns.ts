/** The columns of the table of points: in which order its rows stand, and what a file of them holds. Pure. */
import type { PointView } from '../../central/contract.ts'

export const SORTS = ['id', 'state', 'since', 'location', 'driver', 'price', 'seen'] as const
export type Sort = (typeof SORTS)[number]

/** The order of rows: by a column, and which way. */
export interface Order {
  by: Sort
  isDown: boolean
}

/** By what a point is placed; points of which a column says nothing stand at the end. */
const KEYS: Record<Exclude<Sort, 'id'>, (view: PointView) => string | number> = {
  state: ({ state }) => state,
  since: ({ since }) => since ?? '~',
  location: ({ site_id, location }) => `${site_id ?? '~'} ${location}`,
  driver: ({ session }) => session?.driver_id ?? '~',
  price: ({ euros_per_kwh }) => euros_per_kwh ?? Infinity,
  seen: ({ last_seen }) => last_seen ?? '~',
}

/** The order that an address names, such as `-since`; by ID where it names none. */
export function orderNamed(name: string | undefined): Order {
  const by = SORTS.find((sort) => sort === name?.replace(/^-/, ''))
  return by === undefined ? { by: 'id', isDown: false } : { by, isDown: name!.startsWith('-') }
}

/** How an address names the order after a press on the head of a column: that column, then the other way, then by ID. */
export function nextOrder({ by, isDown }: Order, pressed: Sort): string {
  if (by !== pressed) return pressed === 'id' ? '' : pressed
  return isDown ? '' : `-${pressed}`
}

/** Points, which are by ID already, in an order; `views` are how they stand, place by place. */
export function ordered<P>(points: P[], views: PointView[], { by, isDown }: Order): P[] {
  if (by === 'id') return isDown ? points.toReversed() : points
  const keyOf = KEYS[by]
  const placed = points.map((point, place) => ({ point, place, key: keyOf(views[place]!) }))
  const way = isDown ? -1 : 1
  placed.sort((a, b) => (a.key === b.key ? a.place - b.place : a.key < b.key ? -way : way))
  return placed.map(({ point }) => point)
}

const COLUMNS: [string, (view: PointView) => string | number | null | undefined][] = [
  ['cp_id', (view) => view.cp_id],
  ['state', (view) => view.state],
  ['since', (view) => view.since],
  ['station_id', (view) => view.station_id],
  ['site_id', (view) => view.site_id],
  ['location', (view) => view.location],
  ['kw_rate', (view) => view.kw_rate],
  ['euros_per_kwh', (view) => view.euros_per_kwh],
  ['driver_id', (view) => view.session?.driver_id],
  ['session_id', (view) => view.session?.session_id],
  ['last_seen', (view) => view.last_seen],
]

/** Points as a file for a spreadsheet, by RFC 4180, with the names of the API. */
export function csvOf(views: PointView[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...views.map((view) => COLUMNS.map(([, read]) => field(read(view))))]
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}

/** A text that a spreadsheet would take for a formula is marked as text, as OWASP advises. */
function field(value: string | number | null | undefined): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value ?? '') ? `'${value}` : (value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
