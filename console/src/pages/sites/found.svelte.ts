/** The sites that the address asks for, with how their points stand; read again now and then. */
import { allSites } from '../../central/sites.ts'
import type { PointCounts, SiteView } from '../../central/views.ts'
import type { Panel } from '../../panel/panel.svelte.ts'
import { countSites, foundSites, noPoints } from '../../panel/sites.ts'
import { router } from '../../shell/router.svelte.ts'
import { Latest } from '../latest.svelte.ts'
import { onNews } from '../news.svelte.ts'

const SOON_MS = 5_000

export class FoundSites {
  readonly text = $derived(router.route.query.q ?? '')
  readonly counts: Map<string, PointCounts>
  readonly items: SiteView[]
  readonly #read = new Latest<SiteView[]>()

  /** Call this while a component is made; the sites are read as long as the component lasts. */
  constructor(panel: () => Panel) {
    this.counts = $derived(countSites(panel().fleet.views))
    this.items = $derived(foundSites(this.#read.shown ?? [], this.text))
    $effect(this.look)
    onNews(() => panel().fleet, this.look, SOON_MS)
  }

  readonly look = (): void => void this.#read.again(allSites)

  readonly countsOf = ({ site_id: id }: SiteView): PointCounts => this.counts.get(id) ?? noPoints()

  get isKnown(): boolean {
    return this.#read.shown !== null
  }

  get problem(): string | null {
    return this.#read.problem
  }
}
