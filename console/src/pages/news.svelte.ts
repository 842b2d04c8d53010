/** When a page that reads the ledger reads it again: soon after a notice, and now and then. */
import type { Fleet } from '../panel/fleet.svelte.ts'

const SOON_MS = 1_000
const OFTEN_MS = 15_000

/** Call this while a component is made; it acts until the component is gone. Notices that come together count once. */
export function onNews(fleet: () => Fleet, act: () => void, soonMs = SOON_MS, oftenMs = OFTEN_MS): void {
  let soon: ReturnType<typeof setTimeout> | undefined
  let seen: string | undefined

  $effect(() => {
    const often = setInterval(act, oftenMs)
    return () => {
      clearInterval(often)
      clearTimeout(soon)
    }
  })

  $effect(() => {
    const newest = fleet().messages[0]?.notice_id
    if (newest === seen) return
    seen = newest
    soon ??= setTimeout(() => {
      soon = undefined
      act()
    }, soonMs)
  })
}
