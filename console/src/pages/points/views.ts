/** How the points of a network are seen. Pure. */

export type View = 'cards' | 'table'

/** So many cards still make a page; more are looked through in a table. */
const MOST_CARDS = 60

/** The view that an address names; what suits so many points where it names none. */
export function viewNamed(name: string | undefined, points: number): View {
  if (name === 'cards' || name === 'table') return name
  return points > MOST_CARDS ? 'table' : 'cards'
}
