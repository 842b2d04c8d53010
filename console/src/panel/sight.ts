/** What pages look at: the network as it is, or as it was. */
import type { Fleet } from './fleet.svelte.ts'

export interface Sight {
  readonly fleet: Fleet
  /** The moment that is seen, by the browser's clock and by Central's, in ms. */
  readonly now: number
  readonly centralNow: number
  /** What is seen may not be so any more. */
  readonly old: boolean
  /** Show the readings of these points as long as somebody looks at them; call what is returned once nobody does. */
  meter(points: string[]): () => void
}
