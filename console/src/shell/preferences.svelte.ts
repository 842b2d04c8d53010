/** What a reader chose in this browser: the theme, how close things stand, and whether single keys do something. */

export const THEMES = ['system', 'light', 'dark'] as const
export const DENSITIES = ['comfortable', 'compact'] as const
export const SWITCH = ['on', 'off'] as const
export type Theme = (typeof THEMES)[number]
export type Density = (typeof DENSITIES)[number]
export type Switch = (typeof SWITCH)[number]

class Preference<Value extends string> {
  chosen: Value
  readonly #key: string
  readonly #show: (chosen: Value) => void

  /** The first of the values is what counts until another is chosen. */
  constructor(name: string, values: readonly [Value, ...Value[]], show: (chosen: Value) => void = () => {}) {
    this.#key = `evcharging.${name}`
    this.#show = show
    const kept = remembered(this.#key)
    this.chosen = $state.raw(values.find((value) => value === kept) ?? values[0])
    show(this.chosen)
  }

  choose(value: Value): void {
    this.chosen = value
    this.#show(value)
    remember(this.#key, value)
  }
}

/** Browsers may forbid to keep anything: a choice then lasts as long as the page. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // See above.
  }
}

const { dataset } = document.documentElement

export const theme = new Preference('theme', THEMES, (chosen) => (dataset.theme = chosen))
export const density = new Preference('density', DENSITIES, (chosen) => (dataset.density = chosen))
export const singleKeys = new Preference('keys', SWITCH)
