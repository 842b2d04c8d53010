/** What the palette can go to or have done, whatever is typed. */
import { texts } from '../texts/index.ts'
import type { access } from './access.svelte.ts'
import { PAGES, pagesOf } from './pages.ts'
import type { Command } from './palette.ts'
import { DENSITIES, density, THEMES, theme } from './preferences.svelte.ts'
import { hashOf } from './route.ts'
import { hashOfView, type SavedView } from './saved.ts'

interface Acts {
  access: typeof access
  views: SavedView[]
  /** What is seen is the past. */
  isPast: boolean
  stopAll: () => unknown
  resumeAll: () => unknown
  showKeys: () => unknown
}

const words = texts.palette

/** The pages that may be seen, the views of them that were saved, the orders that may be given, and the reader's choices. */
export function commandsOf({ access, views, isPast, stopAll, resumeAll, showKeys }: Acts): Command[] {
  const pages = pagesOf(access.hasLab).filter(({ needs }) => access.may(needs))
  const mayOrder = access.may('orders:write') && !isPast
  const orders = mayOrder ? [act(texts.shell.stopAll, stopAll), act(texts.shell.resumeAll, resumeAll)] : []
  return [
    ...pages.map(({ id, title }) => ({ id: `page ${id}`, label: title, hint: words.page, go: hashOf(id) })),
    ...views.filter(({ page }) => pages.some(({ id }) => id === page)).map(viewCommand),
    ...orders,
    ...THEMES.map((each) => act(words.theme(texts.shell.themes[each]), () => theme.choose(each))),
    ...DENSITIES.map((each) => act(words.density(texts.settings.densities[each]), () => density.choose(each))),
    act(texts.shortcuts.title, showKeys),
  ]
}

function viewCommand(view: SavedView): Command {
  const title = PAGES.find(({ id }) => id === view.page)?.title ?? view.page
  return { id: `view ${view.page} ${view.name}`, label: view.name, hint: words.view(title), go: hashOfView(view) }
}

function act(label: string, go: () => unknown): Command {
  return { id: `act ${label}`, label, hint: words.command, go }
}
