/** Where in the app somebody is, as a path that a page shows behind its #. Pure. */
export type Route =
  | { name: 'near' }
  | { name: 'charging' }
  | { name: 'history' }
  | { name: 'reservations' }
  | { name: 'profile' }
  | { name: 'vehicles' }
  | { name: 'cards' }
  | { name: 'card' }
  | { name: 'scan' }
  | { name: 'point'; id: string }
  | { name: 'site'; id: string }
  | { name: 'receipt'; id: string }
  | { name: 'fee'; id: string }
  | { name: 'book'; id: string }
  | { name: 'bookSite'; id: string }

const PLAIN = ['near', 'charging', 'history', 'reservations', 'profile', 'vehicles', 'cards', 'card', 'scan'] as const
const WITH_ID = { points: 'point', sites: 'site', receipts: 'receipt', fees: 'fee', book: 'book', 'book-site': 'bookSite' } as const

export const HOME: Route = { name: 'near' }

export type Tab = 'near' | 'charging' | 'history' | 'reservations' | 'profile'

/** Under which tab a screen is. */
export function tabOf(route: Route): Tab {
  switch (route.name) {
    case 'receipt':
    case 'fee':
      return 'history'
    case 'vehicles':
    case 'cards':
    case 'card':
      return 'profile'
    case 'point':
    case 'site':
    case 'scan':
      return 'near'
    case 'book':
    case 'bookSite':
      return 'reservations'
    default:
      return route.name
  }
}

export function pathOf(route: Route): string {
  if (!('id' in route)) return `/${route.name}`
  const [folder] = Object.entries(WITH_ID).find(([, name]) => name === route.name)!
  return `/${folder}/${encodeURIComponent(route.id)}`
}

export function routeOf(path: string): Route {
  const [first = '', id] = path.replace(/^#?\/?/, '').split('/')
  const plain = PLAIN.find((name) => name === first)
  if (plain) return { name: plain }
  const named = Object.hasOwn(WITH_ID, first) ? WITH_ID[first as keyof typeof WITH_ID] : null
  return named && id ? { name: named, id: decoded(id) } : HOME
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const ID = /^[A-Za-z0-9]([A-Za-z0-9._@:-]*[A-Za-z0-9])?$/

/** The point that a code leads to: its ID, or the address of its page. */
export function pointIn(code: string): string | null {
  const text = code.trim()
  const inLink = /\/points\/([^/?#]+)/.exec(text)
  const id = inLink ? decoded(inLink[1]!) : text
  return ID.test(id) ? id : null
}
