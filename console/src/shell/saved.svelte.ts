/** The views that a reader has saved in this browser, as state. */
import { remember, remembered } from './preferences.svelte.ts'
import { renamed, type SavedView, viewsIn, withoutView, withView } from './saved.ts'

const KEY = 'evcharging.views'

class SavedViews {
  all = $state.raw<SavedView[]>(viewsIn(remembered(KEY)))

  of(page: string): SavedView[] {
    return this.all.filter((view) => view.page === page)
  }

  save(view: SavedView): void {
    this.#keep(withView(this.all, view))
  }

  remove(view: SavedView): void {
    this.#keep(withoutView(this.all, view))
  }

  /** Whether it is called so now: the name of another view is not taken from that. */
  rename(view: SavedView, name: string): boolean {
    const views = renamed(this.all, view, name)
    if (views !== null) this.#keep(views)
    return views !== null
  }

  #keep(views: SavedView[]): void {
    this.all = views
    remember(KEY, JSON.stringify(views))
  }
}

export const savedViews = new SavedViews()
