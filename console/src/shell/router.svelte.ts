/** Where the reader is, as state: the address is the one place where it is kept. */
import { hashOf, readRoute, type Route } from './route.ts'

class Router {
  route = $state.raw<Route>(readRoute(location.hash))
  /** Somebody went from one page to another, so that a new heading is news. */
  moved = false

  constructor() {
    addEventListener('hashchange', () => this.#read())
  }

  /** Change filters of the page that is seen; this is no step that a back button would undo. */
  filter(change: Record<string, string>): void {
    const { page, rest, query } = this.route
    this.route = { page, rest, query: { ...query, ...change } }
    try {
      history.replaceState(history.state, '', hashOf(page, this.route))
    } catch {
      // A browser lets the address change only so often; the next change brings it up to date.
    }
  }

  #read(): void {
    this.moved = true
    this.route = readRoute(location.hash)
  }
}

export const router = new Router()
