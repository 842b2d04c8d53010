/** Where a phone keeps its refresh token. */
import * as SecureStore from 'expo-secure-store'

const KEY = 'refresh'

export const safe = {
  usesCookie: false,
  get: () => SecureStore.getItemAsync(KEY),
  async set(token: string | null): Promise<void> {
    await (token === null ? SecureStore.deleteItemAsync(KEY) : SecureStore.setItemAsync(KEY, token))
  },
}

export type Safe = typeof safe
