/** Which keys do something wherever the reader is. Pure. */

export type Shortcut = 'palette' | 'help' | 'search'

/** What of a press of a key counts. */
export type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>

/** Single keys: they mean what they say where somebody types, and nothing where the reader does not want them. */
const SINGLE: Record<string, Shortcut> = { '?': 'help', '/': 'search' }

export function shortcutOf(press: Press, isTyping: boolean, hasSingleKeys: boolean): Shortcut | null {
  const { key, ctrlKey, metaKey, altKey } = press
  if (altKey) return null
  if (ctrlKey || metaKey) return key.toLowerCase() === 'k' ? 'palette' : null
  return isTyping || !hasSingleKeys ? null : (SINGLE[key] ?? null)
}

/** Does what is typed there belong to a field? */
export function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null
}
