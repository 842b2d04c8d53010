/** What this phone keeps: preferences and last known figures. All of it is small, and is read once. */
import * as SecureStore from 'expo-secure-store'

const KEYS = ['central', 'language', 'theme', 'favourites', 'own']
const known = new Map<string, string>()

export const kept = {
  /** To be waited for before anything is asked. */
  async load(): Promise<void> {
    for (const key of KEYS) {
      const value = await SecureStore.getItemAsync(key)
      if (value !== null) known.set(key, value)
    }
  },
  get(key: string): string | null {
    return known.get(key) ?? null
  },
  set(key: string, value: string | null): void {
    if (value === null) {
      known.delete(key)
      void SecureStore.deleteItemAsync(key)
    } else {
      known.set(key, value)
      void SecureStore.setItemAsync(key, value)
    }
  },
}
