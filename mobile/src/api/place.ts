/** Where Central is: for a page beside itself, for an app of a phone where its driver says. */
import { isWeb } from '../look/web'
import { kept } from '../state/kept'

const KEY = 'central'

/** Ends with a slash. */
export function centralAt(): string {
  if (isWeb) return new URL('../', document.baseURI).href
  return kept.get(KEY) ?? 'http://localhost:8000/'
}

export function setCentral(address: string): void {
  const whole = /^https?:\/\//.test(address) ? address : `http://${address}`
  kept.set(KEY, whole.endsWith('/') ? whole : `${whole}/`)
}
