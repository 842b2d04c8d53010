/** The points that are chosen, by their IDs. However many are chosen at once, it is one change. */
export class Chosen {
  #ids = $state.raw<ReadonlySet<string>>(new Set())

  get size(): number {
    return this.#ids.size
  }

  get ids(): string[] {
    return [...this.#ids]
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(ids: string[]): void {
    this.#ids = new Set([...this.#ids, ...ids])
  }

  remove(ids: string[]): void {
    const gone = new Set(ids)
    this.#ids = new Set(this.ids.filter((id) => !gone.has(id)))
  }

  toggle(id: string): void {
    if (this.has(id)) this.remove([id])
    else this.add([id])
  }
}
