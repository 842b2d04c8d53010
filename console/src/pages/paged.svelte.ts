/** What Central gives page by page, as far as it was asked for. An answer that came too late for its question is dropped. */
import type { Page } from '../central/ledger.ts'
import { whyNot } from '../central/refusal.ts'

type Filters = Record<string, string>
type Read<T> = (filters: Filters, after: string | null) => Promise<Page<T>>

/** So long nobody types any more. */
export const PAUSE_MS = 250

export class PagedList<T> {
  items = $state.raw<T[]>([])
  /** Where more of them begin; null where there are no more. */
  next = $state.raw<string | null>(null)
  busy = $state.raw(true)
  problem = $state.raw<string | null>(null)
  #filters: Filters | null = null
  #turn = 0
  #pages = 0
  #failedAfter: string | null = null
  readonly #ask: Read<T>

  constructor(ask: Read<T>) {
    this.#ask = ask
  }

  /** Nothing was asked for yet. */
  get isNew(): boolean {
    return this.#filters === null
  }

  /** Load the first page for these filters. If the filters are the same as before, keep the loaded rows. */
  async show(filters: Filters): Promise<void> {
    if (JSON.stringify(filters) === JSON.stringify(this.#filters)) return this.refresh()
    this.#filters = filters
    await this.#read(null, false)
  }

  async more(): Promise<void> {
    if (this.next !== null && !this.busy) await this.#read(this.next, false)
  }

  /** Read the first page again without a sign of it, unless more than that page is seen. */
  async refresh(): Promise<void> {
    if (this.#pages <= 1 && !this.busy) await this.#read(null, true)
  }

  /** One of them is another now. */
  replace(isIt: (item: T) => boolean, now: T): void {
    this.items = this.items.map((item) => (isIt(item) ? now : item))
  }

  /** Once more what did not work. */
  async retry(): Promise<void> {
    await this.#read(this.#failedAfter, false)
  }

  async #read(after: string | null, quietly: boolean): Promise<void> {
    const turn = ++this.#turn
    if (!quietly) this.busy = true
    try {
      const page = await this.#ask(this.#filters ?? {}, after)
      if (turn !== this.#turn) return
      this.items = after === null ? page.items : [...this.items, ...page.items]
      this.#pages = after === null ? 1 : this.#pages + 1
      this.next = page.next
      this.problem = null
    } catch (error) {
      if (turn !== this.#turn) return
      if (after === null && !quietly) this.#forget()
      this.problem = whyNot(error)
      this.#failedAfter = after
    }
    this.busy = false
  }

  /** What other filters found is not shown as if it were found by these. */
  #forget(): void {
    this.items = []
    this.next = null
    this.#pages = 0
  }
}
