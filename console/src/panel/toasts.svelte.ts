/** Short sentences that answer an operator's order and then go away by themselves. */

export interface Toast {
  id: number
  tone: 'done' | 'refused'
  text: string
}

const STAY_MS = { done: 5_000, refused: 12_000 }

export class Toasts {
  shown = $state.raw<Toast[]>([])
  #count = 0

  say(tone: Toast['tone'], text: string): void {
    const toast = { id: ++this.#count, tone, text }
    this.shown = [...this.shown.slice(-3), toast]
    setTimeout(() => this.dismiss(toast.id), STAY_MS[tone])
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id)
  }
}
