/** A point and a session as Central says them, each with what a test wants otherwise. */
import type { PointView, Session } from '../src/central/contract.ts'
import type { SiteView } from '../src/central/views.ts'
import { noPoints } from '../src/panel/sites.ts'

/** As Central says it: `free` follows from the rest there. */
export function point(change: Partial<PointView> = {}): PointView {
  const view = {
    cp_id: 'CP-001',
    station_id: 'CP-001',
    site_id: null,
    free: true,
    location: 'Calle Mayor 1',
    euros_per_kwh: 0.3,
    kw_rate: 22,
    state: 'ACTIVATED',
    since: '2026-01-01T00:00:00Z',
    reason: null,
    last_seen: null,
    stopped: false,
    manual: false,
    plugged: false,
    occupied: false,
    held_until: null,
    reserved_from: null,
    finishing: false,
    limit: null,
    is_limited: false,
    session: null,
    ...change,
  } satisfies PointView
  return { ...view, free: view.state === 'ACTIVATED' && view.session === null && !view.occupied && view.held_until === null }
}

export function session(change: Partial<Session> = {}): Session {
  return {
    session_id: 's-1',
    request_id: 'r-1',
    driver_id: 'driver-alice',
    status: 'SUPPLYING',
    started_at: '2026-01-01T00:00:01Z',
    requested_at: '2026-01-01T00:00:00Z',
    kw: 22,
    kwh: 0,
    euros: 0,
    price: null,
    ended_at: null,
    read_at: null,
    ...change,
  }
}

/** A site of which nothing is said. */
export function site(id: string, change: Partial<SiteView> = {}): SiteView {
  const said = { name: '', address: '', coordinates: null, time_zone: null }
  return { site_id: id, ...said, points: noPoints(), waiting: 0, sessions: 0, kwh: 0, euros: 0, ...change }
}
