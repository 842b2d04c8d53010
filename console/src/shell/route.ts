/** What the address says after its #: which page, what of it, with which filters. Pure. */

export interface Route {
  page: string
  rest: string[]
  query: Record<string, string>
}

/** What is seen without any route in the address. */
export const HOME = 'points'

export function readRoute(hash: string): Route {
  const said = hash.startsWith('#/') ? hash.slice(2) : ''
  const cut = said.indexOf('?')
  const path = cut < 0 ? said : said.slice(0, cut)
  const query = Object.fromEntries(new URLSearchParams(cut < 0 ? '' : said.slice(cut)))
  const [page = HOME, ...rest] = path.split('/').filter((part) => part !== '').map(decoded)
  return { page, rest, query }
}

/** The address of a route, as a link has it; filters without a value are left out. */
export function hashOf(page: string, { rest = [], query = {} }: Partial<Omit<Route, 'page'>> = {}): string {
  const path = [page, ...rest].map(encodeURIComponent).join('/')
  const filters = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString()
  return `#/${path}${filters && `?${filters}`}`
}

/** People cut addresses anywhere: half an escape stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
