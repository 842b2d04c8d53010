/** The network as it was, as Central tells it. */
import type { IncidentPage, IncidentView, ReplayChangesPage, ReplayView } from './views.ts'
import { get } from './wire.ts'

const MOST_INCIDENTS = 500

/** How everything stood at a moment, in ms; throws a Refusal whose message is the sentence to show. */
export function replayAt(at: number): Promise<ReplayView> {
  return get(`api/v1/replay?${new URLSearchParams({ at: iso(at) })}`)
}

/** What changed from one moment until another, of which this is one page; throws a Refusal. */
export function replayChanges(from: number, to: number, after: string | null): Promise<ReplayChangesPage> {
  const asked = new URLSearchParams({ from: iso(from), to: iso(to), ...(after !== null && { after }) })
  return get(`api/v1/replay/changes?${asked}`)
}

/** The first incidents of a time; throws a Refusal. */
export async function incidentsIn(from: number, to: number): Promise<IncidentView[]> {
  return incidents({ from: iso(from), to: iso(to), sort: 'oldest', limit: String(MOST_INCIDENTS) })
}

/** The incident that comes next after a moment, or the one before it, within so many ms; throws a Refusal. */
export async function incidentBeside(at: number, isLater: boolean, within: number): Promise<IncidentView | null> {
  const [from, to] = isLater ? [at + 1, at + within] : [at - within, at - 1]
  const asked = { from: iso(from), to: iso(to), sort: isLater ? 'oldest' : 'newest', limit: '1' }
  return (await incidents(asked))[0] ?? null
}

async function incidents(asked: Record<string, string>): Promise<IncidentView[]> {
  return (await get<IncidentPage>(`api/v1/replay/incidents?${new URLSearchParams(asked)}`)).items
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
