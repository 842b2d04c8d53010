/** How Central is, as it says itself. */
import type { Health } from './views.ts'
import { get } from './wire.ts'

/** Also where it is not well: what it says then is why. */
export function health(): Promise<Health> {
  return get('health')
}
