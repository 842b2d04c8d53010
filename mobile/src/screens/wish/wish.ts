/** How much a driver wants, and what that is in energy. Pure. */
import type { Wish } from '../../api/central'
import type { OwnVehicle } from '../../api/types'

export type Kind = 'stop' | 'energy' | 'time' | 'vehicle'

/** What is wanted unless something else is chosen: so that there is a price for it. */
export const USUAL = { kwh: 10 }

export const KWH = [2, 5, 10, 15, 20, 30, 40, 50, 60, 80, 100]
export const MINUTES = [10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 480]

/** As what a wish is shown that was made before. */
export function kindOf(wish: Wish): Kind {
  return wish.kwh !== undefined ? 'energy' : wish.minutes !== undefined ? 'time' : 'stop'
}

/** The next step up or down; the last one stays. */
export function stepped(steps: readonly number[], value: number, by: 1 | -1): number {
  const further = by === 1 ? steps.filter((each) => each > value) : steps.filter((each) => each < value).reverse()
  return further[0] ?? value
}

/** What fills a battery from one percentage to another. */
export function toFill(vehicle: OwnVehicle, from: number, to: number): Wish {
  const kwh = (vehicle.battery_kwh * Math.max(1, to - from)) / 100
  return { kwh: Math.max(0.1, Math.round(kwh * 10) / 10) }
}

/** How long a vehicle takes for so much, where it is slower than the point. */
export function minutesOf(vehicle: OwnVehicle | null, kwh: number, kw: number): number | null {
  if (vehicle === null || vehicle.kw >= kw) return null
  return (kwh / vehicle.kw) * 60
}
