/** The land of the world, as it is loaded. */
import { countriesOf, type Country, type Topology } from './land.ts'

/** The coarse world, or the fine one for a closer look; each is loaded once. */
export async function loadLand(isFine: boolean): Promise<Country[]> {
  const { default: read } = isFine
    ? await import('world-atlas/countries-50m.json')
    : await import('world-atlas/countries-110m.json')
  return countriesOf(read as unknown as Topology)
}
