/** The way through the app, kept by the browser: back, forward and reload work. */
import { HOME, pathOf, type Route, routeOf } from './route'

export class Way {
  constructor(private readonly changed: (route: Route) => void) {}

  now(): Route {
    return routeOf(location.hash)
  }

  follow(): () => void {
    const tell = () => this.changed(this.now())
    addEventListener('hashchange', tell)
    return () => removeEventListener('hashchange', tell)
  }

  go(route: Route): void {
    location.hash = pathOf(route)
  }

  /** In place of where one is. */
  turn(route: Route): void {
    history.replaceState(null, '', `#${pathOf(route)}`)
    this.changed(route)
  }

  back(otherwise: Route = HOME): void {
    if (history.length > 1) history.back()
    else this.turn(otherwise)
  }
}
