/** Where this browser is, if its driver lets the page know; that never leaves the page. */
import type { Coordinates } from '../api/types'

export const canLocate = 'geolocation' in navigator

export function whereAmI(): Promise<Coordinates> {
  return new Promise((found, fail) =>
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => found({ latitude, longitude }),
      ({ message }) => fail(new Error(message)),
      { maximumAge: 60_000, timeout: 10_000 },
    ),
  )
}
