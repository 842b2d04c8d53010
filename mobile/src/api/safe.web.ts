/** A page keeps no token: the refresh token is a cookie that no script reads. Whether there may be one is noted. */
import { kept } from '../state/kept'

const KEY = 'isIn'

export const safe = {
  usesCookie: true,
  mayBeIn: async () => kept.get(KEY) !== null,
  note(isIn: boolean): void {
    kept.set(KEY, isIn ? 'yes' : null)
  },
  get: async (): Promise<string | null> => null,
  async set(_: string | null): Promise<void> {},
}
