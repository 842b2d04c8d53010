/** What the palette offers for what is typed into it. Pure. */
import type { PointView } from '../central/contract.ts'
import type { SiteView } from '../central/views.ts'
import { isWanted } from '../panel/rules.ts'
import { foundSites, titleOf } from '../panel/sites.ts'
import { texts } from '../texts/index.ts'
import { hashOf } from './route.ts'

/** Something to go to, or to have done. */
export interface Command {
  id: string
  label: string
  /** What stands beside it: where it leads, or of what kind it is. */
  hint: string
  go: string | (() => unknown)
}

const MOST_COMMANDS = 8
const MOST_POINTS = 6
const MOST_SITES = 4

const words = texts.palette

/** Commands whose label has every word that is typed, those first that begin with it. */
export function matching(commands: Command[], text: string): Command[] {
  const sought = text.toLowerCase().split(/\s+/).filter((word) => word !== '')
  const found = commands.filter(({ label }) => sought.every((word) => label.toLowerCase().includes(word)))
  const first = sought.join(' ')
  const rank = ({ label }: Command) => (label.toLowerCase().startsWith(first) ? 0 : 1)
  return found.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_COMMANDS)
}

/** Points whose ID, location or driver contain the text. */
export function pointsFor(views: PointView[], text: string): Command[] {
  if (text.trim() === '') return []
  const found: PointView[] = []
  for (const view of views) {
    if (isWanted(view, 'all', text)) found.push(view)
    if (found.length === MOST_POINTS) break
  }
  return found.map((view) => ({
    id: `point ${view.cp_id}`,
    label: view.cp_id,
    hint: view.location || words.point,
    go: hashOf('points', { rest: [view.cp_id] }),
  }))
}

/** Sites whose ID, name or address contain the text. */
export function sitesFor(sites: SiteView[], text: string): Command[] {
  if (text.trim() === '') return []
  return foundSites(sites, text).slice(0, MOST_SITES).map((site) => ({
    id: `site ${site.site_id}`,
    label: titleOf(site),
    hint: site.name === '' ? words.site : texts.sites.one(site.site_id),
    go: hashOf('sites', { rest: [site.site_id] }),
  }))
}

/** Where else the text can be looked for. */
export function searches(text: string, mayRead: boolean): Command[] {
  const q = text.trim()
  if (q === '') return []
  const search = (page: string, label: string, hint: string) => ({
    id: `search ${page}`, label, hint, go: hashOf(page, { query: { q } }),
  })
  const points = search('points', words.inPoints(q), texts.points.title)
  return mayRead ? [points, search('sessions', words.inSessions(q), texts.sessions.title)] : [points]
}
