/** Published tariffs, and who names them, as Central is asked for them. */
import type {
  PointTariff, PreviewView, SiteTariffView, Tariff, TariffVersions, TariffVersionView, TariffView,
} from './views.ts'
import type { Page } from './ledger.ts'
import { get, post, say } from './wire.ts'

/** Central calculates the price of up to 10,000 sessions again. */
const PREVIEW_TIMEOUT_MS = 60_000

/** What may be left out of a tariff has a value by default. */
export type TariffSaid = Partial<Omit<Tariff, 'elements'>> & { elements: Partial<Tariff['elements'][number]>[] }

export interface Publication {
  tariff_id: string
  /** From now on, if it is left out. */
  from?: string
  tariff: TariffSaid
}

/** A point or a site, which may name a tariff. */
export interface Place {
  kind: 'point' | 'site'
  id: string
}

export function tariffPage(after: string | null): Promise<Page<TariffView>> {
  return get(`api/v1/tariffs?${new URLSearchParams({ limit: '50', ...(after === null ? {} : { after }) })}`)
}

/** A tariff with its versions, the newest first. */
export function tariffVersions(id: string, after: string | null): Promise<TariffVersions> {
  const asked = new URLSearchParams({ limit: '20', ...(after === null ? {} : { after }) })
  return get(`api/v1/tariffs/${encodeURIComponent(id)}?${asked}`)
}

export function publish(publication: Publication): Promise<TariffVersionView> {
  return post('api/v1/tariffs', publication)
}

/** What a tariff would have made of the sessions of the last week. */
export function preview(tariff: TariffSaid): Promise<PreviewView> {
  return post('api/v1/tariffs/preview', { tariff }, PREVIEW_TIMEOUT_MS)
}

export function tariffAt(place: Place): Promise<PointTariff | SiteTariffView> {
  return get(pathOf(place))
}

/** Let a point or a site name a tariff, or none. */
export async function nameTariff(place: Place, tariffId: string | null): Promise<void> {
  if (tariffId === null) await say('DELETE', pathOf(place))
  else await say('PUT', pathOf(place), { tariff_id: tariffId })
}

function pathOf({ kind, id }: Place): string {
  return `api/v1/${kind}s/${encodeURIComponent(id)}/tariff`
}
