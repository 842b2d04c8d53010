/** The newest answer to a question that is asked again and again. */
import { whyNot } from '../central/refusal.ts'

export class Latest<T> {
  shown = $state.raw<T | null>(null)
  problem = $state.raw<string | null>(null)
  #turn = 0

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
