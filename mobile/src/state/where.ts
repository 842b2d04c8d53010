/** Where a phone is: not known, since that takes a library of its own. */
import type { Coordinates } from '../api/types'

export const canLocate = false

export async function whereAmI(): Promise<Coordinates> {
  throw new Error('This device does not say where it is')
}
