/** What the palette can go to or have done, whatever is typed. */
import { texts } from '../texts/index.ts'
import type { access } from './access.svelte.ts'
import { pagesOf } from './pages.ts'
import type { Command } from './palette.ts'
import { DENSITIES, density, THEMES, theme } from './preferences.svelte.ts'
import { hashOf } from './route.ts'

interface Acts {
  access: typeof access
  stopAll: () => unknown
  resumeAll: () => unknown
  showKeys: () => unknown
}

const words = texts.palette

/** The pages that may be seen, the orders that may be given, and the reader's choices. */
export function commandsOf({ access, stopAll, resumeAll, showKeys }: Acts): Command[] {
  const pages = pagesOf(access.hasLab).filter(({ needs }) => access.may(needs))
  const orders = access.may('orders:write') ? [act(texts.shell.stopAll, stopAll), act(texts.shell.resumeAll, resumeAll)] : []
  return [
    ...pages.map(({ id, title }) => ({ id: `page ${id}`, label: title, hint: words.page, go: hashOf(id) })),
    ...orders,
    ...THEMES.map((each) => act(words.theme(texts.shell.themes[each]), () => theme.choose(each))),
    ...DENSITIES.map((each) => act(words.density(texts.settings.densities[each]), () => density.choose(each))),
    act(texts.shortcuts.title, showKeys),
  ]
}

function act(label: string, go: () => unknown): Command {
  return { id: `act ${label}`, label, hint: words.command, go }
}
