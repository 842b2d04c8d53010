/** Why Central did not do what it was asked, as the one sentence that an operator reads. */
import { problemSentence, texts } from '../texts/index.ts'

export class Refusal extends Error {
  /** What went wrong, in one word for programs; null where Central did not say. */
  readonly code: string | null
  /** In how many seconds it is worth to ask again; null where Central did not say. */
  readonly againInS: number | null

  /** What Central itself said; null where it said nothing. */
  readonly detail: string | null

  constructor(sentence: string, code: string | null = null, againInS: number | null = null, detail: string | null = null) {
    super(sentence)
    this.detail = detail
    this.code = code
    this.againInS = againInS
  }
}

/** The refusal in an answer that is not 2xx: by its problem's code and detail, else its title, else its status. */
export async function refusalOf(answer: Response): Promise<Refusal> {
  const problem = (await answer.json().catch(() => null)) as Record<string, unknown> | null
  const code = textIn(problem?.code)
  const detail = textIn(problem?.detail)
  const againInS = secondsIn(answer.headers.get('Retry-After'))
  if (detail) return new Refusal(problemSentence(code, detail), code, againInS, detail)
  return new Refusal(textIn(problem?.title) ?? texts.answeredWith(answer.status), code, againInS)
}

/** What to tell of anything that was thrown while Central was asked. */
export function whyNot(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function secondsIn(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) : null
}
