/** The points and sites that somebody may mean who types into a field. Pure. */
import type { Place } from '../../central/tariffs.ts'

/** A list of suggestions that can be read. */
export const MOST = 20

interface Known {
  points: string[]
  sites: string[]
}

/** The point of exactly this ID, or else the site; null where there is neither. */
export function placeNamed(typed: string, { points, sites }: Known): Place | null {
  const id = typed.trim()
  if (points.includes(id)) return { kind: 'point', id }
  return sites.includes(id) ? { kind: 'site', id } : null
}

/** What contains the text: sites first, and no more than fit a list. */
export function suggested(typed: string, { points, sites }: Known): string[] {
  const sought = typed.trim().toLowerCase()
  const found: string[] = []
  for (const ids of [sites, points]) {
    for (const id of ids) {
      if (found.length === MOST) return found
      if (id.toLowerCase().includes(sought) && !found.includes(id)) found.push(id)
    }
  }
  return found
}
