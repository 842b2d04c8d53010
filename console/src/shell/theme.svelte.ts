/** Light or dark: as the system says, or as the reader chose in this browser. */

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'evcharging.theme'

class ThemeChoice {
  chosen = $state.raw<Theme>(remembered())

  constructor() {
    this.#show()
  }

  choose(theme: Theme): void {
    this.chosen = theme
    this.#show()
    remember(theme)
  }

  #show(): void {
    document.documentElement.dataset.theme = this.chosen
  }
}

/** Browsers may forbid to keep anything: the choice then lasts as long as the page. */
function remembered(): Theme {
  try {
    const kept = localStorage.getItem(KEY)
    return THEMES.find((theme) => theme === kept) ?? 'system'
  } catch {
    return 'system'
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // See above.
  }
}

export const theme = new ThemeChoice()
