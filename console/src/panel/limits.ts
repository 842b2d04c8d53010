/** The limits of points as they read, and as an operator writes them. Pure. */
import type { Limit, PointView } from '../central/contract.ts'
import { texts } from '../texts/index.ts'
import { numbers } from './words.ts'

/** In amperes on each phase, or in kW in all. */
export type LimitUnit = 'A' | 'kW'

const figures = numbers({ maximumFractionDigits: 3 })

/** Such as `16 A`, or `16 A and 11 kW`; a limit of 0 pauses. */
export function limitText({ milliamperes, watts }: Limit): string {
  if (milliamperes === 0 || watts === 0) return texts.limit.paused
  const parts = [
    ...(milliamperes === null ? [] : [`${figures.format(milliamperes / 1000)}\u202fA`]),
    ...(watts === null ? [] : [`${figures.format(watts / 1000)}\u202fkW`]),
  ]
  return parts.join(texts.limit.and)
}

/** What is said of the limit of a point, where it has one: an engine that has not said so may still give more. */
export function limitLine({ limit, is_limited }: Pick<PointView, 'limit' | 'is_limited'>): string | null {
  if (limit === null) return null
  return is_limited ? texts.limit.kept(limitText(limit)) : texts.limit.unheard(limitText(limit))
}

/** The limit that an operator wrote. */
export function limitOf(figure: number, unit: LimitUnit): Limit {
  const thousandth = Math.round(figure * 1000)
  return unit === 'A' ? { milliamperes: thousandth, watts: null } : { milliamperes: null, watts: thousandth }
}
