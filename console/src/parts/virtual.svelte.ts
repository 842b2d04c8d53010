/** Which rows of a long list are drawn: those on the screen and some around it, in a page that scrolls as a whole. */
import {
  measureElement, observeWindowOffset, observeWindowRect, type VirtualItem, Virtualizer, windowScroll,
} from '@tanstack/virtual-core'

/** Rows that are drawn above and below the screen, so that a keyboard finds the next one. */
const AROUND = 6

export interface Rows {
  count: number
  /** About how high a row is, in px. */
  height: number
  /** The space between two rows, in px. */
  gap: number
}

type List = Virtualizer<Window, Element>

export class VirtualRows {
  drawn = $state.raw<VirtualItem[]>([])
  /** The height of all rows above those that are drawn, and below them, in px. */
  before = $state.raw(0)
  after = $state.raw(0)
  readonly first = $derived(this.drawn[0]?.index ?? 0)
  readonly last = $derived(this.drawn.at(-1)?.index ?? -1)
  readonly #list: List
  #place: HTMLElement | undefined

  /** Call this while a component is made; the list lasts as long as the component. */
  constructor(rows: () => Rows) {
    this.#list = new Virtualizer<Window, Element>(this.#options(rows()))
    // A page that is moved while a key or a wheel scrolls it would stop there.
    this.#list.shouldAdjustScrollPositionOnItemSizeChange = (_row, _delta, { isScrolling }) => !isScrolling
    $effect(() => this.#list._didMount())
    $effect.pre(() => {
      this.#list.setOptions(this.#options(rows()))
      this.#list._willUpdate()
      this.#look()
    })
  }

  /** Where the rows stand: what is above them may grow and shrink. */
  readonly place = (place: HTMLElement) => {
    this.#place = place
    const watch = new ResizeObserver(() => this.#moved())
    watch.observe(document.body)
    this.#moved()
    return () => watch.disconnect()
  }

  /** How high a row is; the row says its number in `data-index`. */
  readonly measure = (row: Element) => {
    this.#list.measureElement(row)
    return () => this.#list.measureElement(null)
  }

  #options({ count, height, gap }: Rows) {
    return {
      count,
      gap,
      overscan: AROUND,
      estimateSize: () => height,
      scrollMargin: this.#margin(),
      getScrollElement: (): Window => window,
      observeElementRect: observeWindowRect,
      observeElementOffset: observeWindowOffset,
      scrollToFn: windowScroll,
      measureElement,
      onChange: () => this.#look(),
    }
  }

  #margin(): number {
    return this.#place === undefined ? 0 : Math.round(this.#place.getBoundingClientRect().top + scrollY)
  }

  #moved(): void {
    if (this.#margin() === this.#list.options.scrollMargin) return
    this.#list.setOptions({ ...this.#list.options, scrollMargin: this.#margin() })
    this.#look()
  }

  #look(): void {
    this.drawn = this.#list.getVirtualItems()
    const margin = this.#list.options.scrollMargin
    const [first, last] = [this.drawn[0], this.drawn.at(-1)]
    this.before = first === undefined ? 0 : first.start - margin
    this.after = last === undefined ? 0 : this.#list.getTotalSize() + margin - last.end
  }
}
