/** Sites as Central is asked for them: what they are called, where they are, and where their points stand. */
import type { Page } from './ledger.ts'
import type { QueueEntryView, SiteBody, SiteDetails, SitePowerView, SiteView } from './views.ts'
import { get, say } from './wire.ts'

const LARGEST_PAGE = '500'

/** Every site, by its ID. */
export async function allSites(): Promise<SiteView[]> {
  const found: SiteView[] = []
  let after: string | null = null
  do {
    const asked = new URLSearchParams({ limit: LARGEST_PAGE, ...(after !== null && { after }) })
    const page: Page<SiteView> = await get(`api/v1/sites?${asked}`)
    found.push(...page.items)
    after = page.next
  } while (after !== null)
  return found
}

export function siteOf(id: string): Promise<SiteDetails> {
  return get(pathOf(id))
}

/** Requests that wait there, in the order in which they are served. */
export async function queueAt(id: string): Promise<QueueEntryView[]> {
  return (await get<{ items: QueueEntryView[] }>(`${pathOf(id)}/queue`)).items
}

/** Take a request out of the queue, and give who waits then; throws a Refusal. */
export async function removeFromQueue(id: string, requestId: string): Promise<QueueEntryView[]> {
  const answer = await say('DELETE', `${pathOf(id)}/queue/${encodeURIComponent(requestId)}`)
  return ((await answer.json()) as { items: QueueEntryView[] }).items
}

/** What its circuits carry, and who is granted what; throws a Refusal where it has none. */
export function powerOf(id: string): Promise<SitePowerView> {
  return get(`${pathOf(id)}/power`)
}

/** Change what is said of a site, and leave the rest as it is now; throws a Refusal. */
export async function describeSite(id: string, change: Partial<SiteBody>): Promise<SiteDetails> {
  const { name, address, coordinates, time_zone, plan, circuits, strategy } = await siteOf(id)
  const said: SiteBody = { name, address, coordinates, time_zone, plan, circuits, strategy, ...change }
  return (await say('PUT', pathOf(id), said)).json() as Promise<SiteDetails>
}

function pathOf(id: string): string {
  return `api/v1/sites/${encodeURIComponent(id)}`
}
