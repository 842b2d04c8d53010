/** What the panel makes of a point: is it free, does a filter want it, which orders may be given. Pure. */
import type { PointView, Session, Verb } from '../central/contract.ts'

/** A state older than this is shown as old. */
export const OLD_MS = 10_000

/** Figures older than this are shown with their age. */
export const AGED_MS = 3_000

export type Group = 'all' | 'free' | 'waiting' | 'supplying' | 'occupied' | 'stopped' | 'fault' | 'disconnected' | 'unknown'

const GROUPS: Record<Group, (view: PointView) => boolean> = {
  all: () => true,
  free: (view) => view.free,
  waiting: (view) => view.state === 'ACTIVATED' && (view.session ?? view.held_until) !== null && !isOccupied(view),
  supplying: (view) => view.state === 'SUPPLYING',
  occupied: (view) => view.state === 'ACTIVATED' && isOccupied(view),
  stopped: (view) => view.state === 'STOPPED',
  fault: (view) => view.state === 'FAULT',
  disconnected: (view) => view.state === 'DISCONNECTED',
  unknown: (view) => view.state === 'UNKNOWN',
}

/** A session whose supply has ended and whose vehicle is still plugged in, which costs idle time. */
export function idleSession(view: PointView): Session | null {
  return view.session?.status === 'IDLE' ? view.session : null
}

/** Is the vehicle of the last charge still plugged in? */
export function isOccupied(view: PointView): boolean {
  return view.occupied || idleSession(view) !== null
}

/** How long a session has been idle, in ms, by Central's clock. */
export function idleFor(session: Session, centralNow: number): number {
  return session.ended_at === null ? 0 : Math.max(0, centralNow - Date.parse(session.ended_at))
}

/** The group of this name; all points where there is no such group. */
export function groupNamed(name: string | undefined): Group {
  return name !== undefined && Object.hasOwn(GROUPS, name) ? (name as Group) : 'all'
}

export function isOld(heardAt: number, now: number): boolean {
  return now - heardAt > OLD_MS
}

/** When figures were read, by the browser's clock in ms: Central says how old they were when it told. */
export function readMoment(figures: Pick<Session, 'read_at'> | null, heard: { at: number; ts: string }): number {
  const age = figures?.read_at ? Date.parse(heard.ts) - Date.parse(figures.read_at) : 0
  return heard.at - Math.max(0, age)
}

/** The running supply that a stop would end, if there is one. */
export function endedByStop(view: PointView): Session | null {
  return view.session?.status === 'SUPPLYING' ? view.session : null
}

/** Does the point belong to the group, and do its ID, location, site or driver contain the text? */
export function isWanted(view: PointView, group: Group, text: string): boolean {
  const sought = text.trim().toLowerCase()
  const said = [view.cp_id, view.location, view.site_id ?? '', view.session?.driver_id ?? '']
  return GROUPS[group](view) && said.some((words) => words.toLowerCase().includes(sought))
}

/** The points that a filter wants; `views` are how they stand, place by place. */
export function wantedOf<P>(points: P[], views: PointView[], group: Group, text: string): P[] {
  if (group === 'all' && text.trim() === '') return points
  return points.filter((_, place) => isWanted(views[place]!, group, text))
}

export function countGroups(views: PointView[]): Record<Group, number> {
  const counts = { all: 0, free: 0, waiting: 0, supplying: 0, occupied: 0, stopped: 0, fault: 0, disconnected: 0, unknown: 0 }
  const groups = Object.keys(counts) as Group[]
  for (const view of views) for (const group of groups) if (GROUPS[group](view)) counts[group]++
  return counts
}

/** Points that hold a driver's request, the newest request first. */
export function ongoing(views: PointView[]): PointView[] {
  return views
    .filter((view) => view.session !== null)
    .sort((a, b) => (a.session!.requested_at < b.session!.requested_at ? 1 : -1))
}

/** IDs in the order of these texts are in the order in which people count: CP-2 stands before CP-10. */
export function orderKey(id: string): string {
  return `${id.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(LONGEST_ID, '0'))} ${id}`
}

const LONGEST_ID = 64

/** The orders that make sense at a point now: those on its card, and those one step away in its menu. */
export function offeredOrders(view: PointView): { onCard: Verb[]; inMenu: Verb[] } {
  const service: Verb[] = [view.stopped ? 'resume' : 'stop']
  const hands = view.state === 'DISCONNECTED' ? [] : ordersByHand(view)
  const now: Verb[] = view.finishing ? ['stop'] : []
  return view.manual ? { onCard: [...service, ...hands], inMenu: now } : { onCard: service, inMenu: [...now, ...hands] }
}

/** May a point be stopped once what runs there has ended? */
export function mayStopAfter({ stopped, session }: PointView): boolean {
  return !stopped && (session?.status === 'SUPPLYING' || session?.status === 'AUTHORISED')
}

function ordersByHand(view: PointView): Verb[] {
  const orders: Verb[] = [view.state === 'FAULT' ? 'recover' : 'fault']
  if (view.plugged || view.state === 'SUPPLYING') orders.unshift('unplug')
  else if (view.manual || view.free) orders.unshift('plug')
  return orders
}
