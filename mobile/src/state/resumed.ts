/** What a driver had chosen where another screen came in between, such as for a card: it is there again afterwards, once. */
let left: { where: string; chosen: unknown } | null = null

export function leaveWith(where: string, chosen: unknown): void {
  left = { where, chosen }
}

/** What was left there; null where nothing was. Each place leaves the same kind of thing. */
export function resumed<T>(where: string): T | null {
  const found = left?.where === where ? (left.chosen as T) : null
  left = null
  return found
}
