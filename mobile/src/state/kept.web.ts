/** What this browser keeps: preferences and last known figures, and nothing that lets anybody in. */
const PREFIX = 'evcharging.app.'

export const kept = {
  async load(): Promise<void> {},
  get(key: string): string | null {
    try {
      return localStorage.getItem(PREFIX + key)
    } catch {
      return null
    }
  },
  set(key: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(PREFIX + key)
      else localStorage.setItem(PREFIX + key, value)
    } catch {
      // A browser may forbid to keep anything: it is known as long as the page is open then.
    }
  },
}
