/** What only a phone has. */
import { AccessibilityInfo } from 'react-native'

const mockKept = new Map<string, string>()

jest.mock('expo-secure-store', () => ({
  getItemAsync: async (key: string) => mockKept.get(key) ?? null,
  setItemAsync: async (key: string, value: string) => void mockKept.set(key, value),
  deleteItemAsync: async (key: string) => void mockKept.delete(key),
}))

// An animation ends at once here, so that one without an end would never let a test go on.
beforeEach(() => {
  const complain = console.error
  jest.spyOn(console, 'error').mockImplementation((...said: unknown[]) => {
    // What Central answers comes when it comes, and no test waits for all of it.
    if (!String(said[0]).includes('not wrapped in act')) complain(...said)
  })
  jest.spyOn(AccessibilityInfo, 'isReduceMotionEnabled').mockResolvedValue(true)
})
