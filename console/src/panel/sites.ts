/** What is made of sites: how their points stand, which state counts for all, how a list of them is found. Pure. */
import type { PointView } from '../central/contract.ts'
import type { CPState, PointCounts, QueueEntryView, SiteView } from '../central/views.ts'
import { texts } from '../texts/index.ts'
import { clock, kilowattHours } from './words.ts'

/** The worst first. */
export const WORST_FIRST: CPState[] = ['FAULT', 'DISCONNECTED', 'STOPPED', 'SUPPLYING', 'ACTIVATED']

/** How many points are in each state at each site, from all points as they are now. */
export function countSites(views: PointView[]): Map<string, PointCounts> {
  const found = new Map<string, PointCounts>()
  for (const { site_id: id, state } of views) {
    if (id === null || state === 'UNKNOWN') continue
    let counts = found.get(id)
    if (counts === undefined) found.set(id, (counts = noPoints()))
    counts[state]++
  }
  return found
}

export function noPoints(): PointCounts {
  return { ACTIVATED: 0, SUPPLYING: 0, STOPPED: 0, FAULT: 0, DISCONNECTED: 0 }
}

export function addCounts(some: PointCounts[]): PointCounts {
  const sum = noPoints()
  for (const counts of some) for (const state of WORST_FIRST) sum[state] += counts[state]
  return sum
}

export function countOf(counts: PointCounts): number {
  return WORST_FIRST.reduce((sum, state) => sum + counts[state], 0)
}

/** How many are in a state, by the name that it has in every language. */
export function inState(count: number, state: CPState): string {
  return `${count} ${state}`
}

/** The state by which a site is seen: the worst one of its points; null where it has none. */
export function worstOf(counts: PointCounts): CPState | null {
  return WORST_FIRST.find((state) => counts[state] > 0) ?? null
}

/** What people call a site. */
export function titleOf({ site_id: id, name }: Pick<SiteView, 'site_id' | 'name'>): string {
  return name === '' ? id : name
}

/** The sites whose ID, name or address contain the text. */
export function foundSites(sites: SiteView[], text: string): SiteView[] {
  const sought = text.trim().toLowerCase()
  if (sought === '') return sites
  return sites.filter((site) => [site.site_id, site.name, site.address].some((said) => said.toLowerCase().includes(sought)))
}

/** How much somebody in a queue asked for. */
export function queueWish({ kwh, minutes }: Pick<QueueEntryView, 'kwh' | 'minutes'>): string {
  const parts = [kwh === null ? '' : `${kilowattHours(kwh)}\u202fkWh`, minutes === null ? '' : `${minutes}\u202fmin`]
  return parts.filter((part) => part !== '').join(', ') || texts.queue.anyAmount
}

/** How a request in a queue stands, in words. */
export function queueState({ status, cp_id: cpId, until }: QueueEntryView): string {
  if (status === 'OFFERED' && cpId !== null && until !== null) return texts.queue.offered(cpId, clock(until))
  if (status === 'HOLDING' && cpId !== null) return texts.queue.holding(cpId)
  if (status === 'STARTING' && cpId !== null) return texts.queue.starting(cpId)
  return texts.queue.waits
}

export const SITE_ORDERS = ['id', 'name', 'points', 'trouble', 'kwh', 'euros'] as const
export type SiteOrder = (typeof SITE_ORDERS)[number]

export function siteOrderNamed(name: string | undefined): SiteOrder {
  return SITE_ORDERS.find((order) => order === name) ?? 'id'
}

/** Sites in an order: by their words from A on, by figures from the largest on. */
export function sortedSites(sites: SiteView[], order: SiteOrder, counts: Map<string, PointCounts>): SiteView[] {
  const of = ({ site_id: id }: SiteView) => counts.get(id) ?? noPoints()
  const figures: Partial<Record<SiteOrder, (site: SiteView) => number>> = {
    points: (site) => countOf(of(site)),
    trouble: (site) => of(site).FAULT * 1e6 + of(site).DISCONNECTED,
    kwh: ({ kwh }) => kwh,
    euros: ({ euros }) => euros,
  }
  const figure = figures[order]
  if (figure !== undefined) return [...sites].sort((a, b) => figure(b) - figure(a))
  if (order === 'id') return sites
  return [...sites].sort((a, b) => titleOf(a).localeCompare(titleOf(b)))
}

const DEGREES = 6

/** Degrees as somebody typed them, with a point or a comma; null where nothing is, NaN where that is no number. */
export function degrees(text: string): number | null {
  const said = text.trim().replace(',', '.')
  if (said === '') return null
  return /^[-+]?\d{1,3}(\.\d+)?$/.test(said) ? Number(Number(said).toFixed(DEGREES)) : NaN
}
