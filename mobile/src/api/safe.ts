/** Where a phone keeps its refresh token. */
import * as SecureStore from 'expo-secure-store'

const KEY = 'refresh'

export const safe = {
  usesCookie: false,
  /** Whether it is worth to ask who is signed in. */
  mayBeIn: async () => (await SecureStore.getItemAsync(KEY)) !== null,
  note(_isIn: boolean): void {},
  get: () => SecureStore.getItemAsync(KEY),
  async set(token: string | null): Promise<void> {
    await (token === null ? SecureStore.deleteItemAsync(KEY) : SecureStore.setItemAsync(KEY, token))
  },
}

export type Safe = typeof safe
