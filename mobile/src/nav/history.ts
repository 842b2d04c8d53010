/** The way through the app on a phone, whose back button goes back. */
import { BackHandler } from 'react-native'
import { HOME, type Route } from './route'

export class Way {
  private readonly steps: Route[] = [HOME]

  constructor(private readonly changed: (route: Route) => void) {}

  now(): Route {
    return this.steps.at(-1)!
  }

  follow(): () => void {
    const listening = BackHandler.addEventListener('hardwareBackPress', () => {
      if (this.steps.length === 1) return false
      this.back()
      return true
    })
    return () => listening.remove()
  }

  go(route: Route): void {
    this.steps.push(route)
    this.changed(route)
  }

  /** In place of where one is. */
  turn(route: Route): void {
    this.steps[this.steps.length - 1] = route
    this.changed(route)
  }

  back(otherwise: Route = HOME): void {
    this.steps.pop()
    if (this.steps.length === 0) this.steps.push(otherwise)
    this.changed(this.now())
  }
}
