/** Views of a list that a reader has given a name: which filter, order and way of showing. Pure. */
import { hashOf } from './route.ts'

export interface SavedView {
  /** What it is called; of the views of one page each has another name. */
  name: string
  page: string
  query: Record<string, string>
}

export const LONGEST_NAME = 40
export const MOST_VIEWS = 50

/** What a browser has kept; what is no view is left out, for anybody may have written there. */
export function viewsIn(kept: string | null): SavedView[] {
  try {
    const found: unknown = JSON.parse(kept ?? '[]')
    return Array.isArray(found) ? found.filter(isView).slice(0, MOST_VIEWS) : []
  } catch {
    return []
  }
}

/** The views with this one, which takes the place of one of the same name. */
export function withView(views: SavedView[], view: SavedView): SavedView[] {
  const place = views.findIndex((each) => isSame(each, view))
  return place < 0 ? [...views, view].slice(-MOST_VIEWS) : views.with(place, view)
}

export function withoutView(views: SavedView[], view: SavedView): SavedView[] {
  return views.filter((each) => !isSame(each, view))
}

/** The views with another name for one of them; null where that is the name of another one. */
export function renamed(views: SavedView[], view: SavedView, name: string): SavedView[] | null {
  const next = { ...view, name }
  if (name !== view.name && views.some((each) => isSame(each, next))) return null
  return views.map((each) => (isSame(each, view) ? next : each))
}

/** The name without what is around it; null where nothing is left of it, or too much. */
export function nameIn(typed: string): string | null {
  const name = typed.trim().replace(/\s+/g, ' ')
  return name === '' || name.length > LONGEST_NAME ? null : name
}

/** Where a view leads; the same for the same filters, in whichever order they were chosen. */
export function hashOfView({ page, query }: Pick<SavedView, 'page' | 'query'>): string {
  const sorted = Object.entries(query).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return hashOf(page, { query: Object.fromEntries(sorted) })
}

function isSame(one: SavedView, other: SavedView): boolean {
  return one.page === other.page && one.name === other.name
}

function isView(found: unknown): found is SavedView {
  if (typeof found !== 'object' || found === null) return false
  const { name, page, query } = found as Partial<SavedView>
  return (
    typeof name === 'string' && nameIn(name) === name && typeof page === 'string' && /^[a-z]+$/.test(page)
    && typeof query === 'object' && query !== null && Object.values(query).every((value) => typeof value === 'string')
  )
}
