/** Sites that would be drawn over one another are drawn as one. Pure. */
import type { Place } from './mercator.ts'

/** How far two marks are apart at least, in px. */
export const APART = 46

export interface Located<T> extends Place {
  it: T
}

export interface Cluster<T> extends Place {
  items: T[]
}

/** Things by their place in px, those near to one another together. Each is near to few, which a grid finds. */
export function clusters<T>(located: Located<T>[]): Cluster<T>[] {
  const cells = new Map<string, Cluster<T>[]>()
  const found: Cluster<T>[] = []
  for (const { it, x, y } of located) {
    const [column, row] = [Math.floor(x / APART), Math.floor(y / APART)]
    const near = nearTo(cells, column, row).find((each) => Math.hypot(each.x - x, each.y - y) < APART)
    if (near !== undefined) {
      near.items.push(it)
      continue
    }
    const begun = { x, y, items: [it] }
    found.push(begun)
    const key = `${column} ${row}`
    const inCell = cells.get(key)
    if (inCell === undefined) cells.set(key, [begun])
    else inCell.push(begun)
  }
  return found
}

function nearTo<T>(cells: Map<string, Cluster<T>[]>, column: number, row: number): Cluster<T>[] {
  const around = [-1, 0, 1]
  return around.flatMap((dx) => around.flatMap((dy) => cells.get(`${column + dx} ${row + dy}`) ?? []))
}
