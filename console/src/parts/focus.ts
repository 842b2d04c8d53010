/** Where the focus goes when the element that has it is removed: never back to the top of the page. */

const ROWS = '[data-point], [data-row]'
const CONTROL = 'a[href], button, input, select'

/** A list keeps the focus while its rows move, come and go: it goes with its row, and waits at the list for a row that
    is not drawn. The list needs `tabindex="-1"`. */
export function keepsFocus(list: HTMLElement): () => void {
  let held: { id: string; place: number } | null = null

  const isLost = () => document.activeElement === document.body || document.activeElement === list

  function restore() {
    if (held === null || !isLost()) return
    const { id, place } = held
    const row = [...list.querySelectorAll<HTMLElement>(ROWS)].find((each) => idOf(each) === id)
    const control = row && (controlsOf(row)[place] ?? controlsOf(row).at(-1))
    ;(control ?? list).focus({ preventScroll: true })
    held = { id, place }
  }

  function came({ target }: FocusEvent) {
    const row = (target as Element).closest<HTMLElement>(ROWS)
    if (row !== null) held = { id: idOf(row), place: controlsOf(row).indexOf(target as HTMLElement) }
  }

  function left({ relatedTarget }: FocusEvent) {
    if (relatedTarget instanceof Node && !list.contains(relatedTarget)) held = null
  }

  // Who presses on the ground gives the focus up; a row that is taken out of the page only loses it.
  function pressed({ target }: MouseEvent) {
    if (!list.contains(target as Node) || (target as Element).closest(CONTROL) === null) held = null
  }

  const watch = new MutationObserver(restore)
  watch.observe(list, { childList: true, subtree: true })
  list.addEventListener('focusin', came)
  list.addEventListener('focusout', left)
  document.addEventListener('mousedown', pressed)
  return () => {
    watch.disconnect()
    document.removeEventListener('mousedown', pressed)
    if (held !== null) toHeadingSoon()
  }
}

/** Where what had the focus goes away with all that is around it, the heading of the page has it. */
export function toHeadingSoon(): void {
  setTimeout(() => {
    if (document.activeElement !== document.body) return
    document.querySelector<HTMLElement>('main h2[tabindex="-1"]')?.focus({ preventScroll: true })
  })
}

/** For the button in whose place a form opens: it has the focus again once it is back. Make one for each button. */
export function backAfter(): (button: HTMLElement) => void {
  let wasThere = false
  return (button) => {
    if (wasThere && document.activeElement === document.body) button.focus()
    wasThere = true
  }
}

/** For a form that opens in the place of a button: its first field has the focus. */
export function takesFocus(form: HTMLElement): void {
  form.querySelector<HTMLElement>('input, select, textarea')?.focus()
}

function idOf({ dataset }: HTMLElement): string {
  return dataset.point ?? dataset.row ?? ''
}

function controlsOf(row: HTMLElement): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>(CONTROL)]
}
