/** The newest answer to a question that is asked again and again. */
import { whyNot } from '../central/refusal.ts'

export class Latest<T> {
  shown = $state.raw<T | null>(null)
  problem = $state.raw<string | null>(null)
  #turn = 0
  #asking = false

  /** Ask, unless an answer is awaited: for what is asked so often that a slow answer would never be the newest. */
  async again(ask: () => Promise<T>): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    await this.read(ask)
    this.#asking = false
  }

  /** Ask; an answer that comes after a newer question is dropped, and a refusal leaves what is shown. */
  async read(ask: () => Promise<T>): Promise<void> {
    const turn = ++this.#turn
    try {
      const found = await ask()
      if (turn === this.#turn) [this.shown, this.problem] = [found, null]
    } catch (refusal) {
      if (turn === this.#turn) this.problem = whyNot(refusal)
    }
  }
}
