/** How far it is. Pure. */
import type { Coordinates, OfferedSite } from '../../api/types'

const EARTH_KM = 6_371

/** In km, as the crow flies. */
export function distance(from: Coordinates, to: Coordinates): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180
  const [dLat, dLon] = [rad(to.latitude - from.latitude), rad(to.longitude - from.longitude)]
  const part = Math.sin(dLat / 2) ** 2 + Math.cos(rad(from.latitude)) * Math.cos(rad(to.latitude)) * Math.sin(dLon / 2) ** 2
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(part)))
}

/** Favourites first, then by how far they are where that is known; those that say no place last. */
export function inOrder(sites: OfferedSite[], favourites: readonly string[], here: Coordinates | null): OfferedSite[] {
  const far = ({ coordinates }: OfferedSite) => (here === null ? 0 : coordinates === null ? Infinity : distance(here, coordinates))
  const rank = ({ site_id }: OfferedSite) => (favourites.includes(site_id) ? 0 : 1)
  const less = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1)
  return [...sites].sort((a, b) => rank(a) - rank(b) || less(far(a), far(b)))
}
