/** Addresses of the network as it was. Pure. */
import { hashOf } from './route.ts'

export const REPLAY = 'replay'
export const REPLAY_WALL = 'replay-wall'

/** The address of a moment, of a point where one is named. */
export function replayOf(at: string, id?: string): string {
  return hashOf(REPLAY, { rest: id === undefined ? [] : [id], query: { at } })
}
