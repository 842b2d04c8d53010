/** How points were, and when in the week they are used, as Central tells it. */
import type { StatesView, UtilisationView } from './views.ts'
import { get } from './wire.ts'

/** How a point was from a moment on until now. */
export function states(id: string, from: Date): Promise<StatesView> {
  return get(`api/v1/points/${encodeURIComponent(id)}/states?${new URLSearchParams({ from: from.toISOString() })}`)
}

/** The hours of the week from a moment on until now, of a point, a site, or else of everything. */
export function utilisation(from: Date, whose: { point?: string; site?: string } = {}): Promise<UtilisationView> {
  const asked = new URLSearchParams({ from: from.toISOString(), ...whose })
  return get(`api/v1/utilisation?${asked}`)
}
