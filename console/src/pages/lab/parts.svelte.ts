/** A list of parts of the network: those that are sought, as many as are wanted. */
import type { Page } from '../../central/ledger.ts'
import { Latest } from '../latest.svelte.ts'

const [PAGE, MOST] = [20, 500]

export class Parts<T> {
  sought = $state('')
  #rows = $state(PAGE)
  readonly #ask: (sought: string, rows: number) => Promise<Page<T>>
  readonly #read = new Latest<Page<T>>()

  constructor(ask: (sought: string, rows: number) => Promise<Page<T>>) {
    this.#ask = ask
  }

  /** Null until they are known. */
  get items(): T[] | null {
    return this.#read.shown?.items ?? null
  }

  get problem(): string | null {
    return this.#read.problem
  }

  get hasMore(): boolean {
    return this.#read.shown?.next != null && this.#rows < MOST
  }

  readonly more = (): void => void (this.#rows = Math.min(MOST, 2 * this.#rows))

  readonly read = (): void => void this.#read.read(this.#asked)

  /** Read, unless an answer is awaited. */
  readonly again = (): void => void this.#read.again(this.#asked)

  readonly #asked = () => this.#ask(this.sought.trim(), this.#rows)
}
