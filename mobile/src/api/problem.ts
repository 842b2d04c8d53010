/** What may go wrong between the app and Central. */
import type { Problem } from './types'

/** Central refused, in one sentence. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail)
  }
}

/** Nobody knows whether Central heard it. */
export class Unreachable extends Error {}

/** Nobody is signed in, or no more. */
export class SignedOut extends Error {}

export async function refusalOf(answer: Response): Promise<Refused> {
  try {
    const problem = (await answer.json()) as Partial<Problem>
    if (typeof problem.detail === 'string') return new Refused(answer.status, problem.code ?? '', problem.detail)
  } catch {
    // What is no problem of Central's came from something between.
  }
  return new Refused(answer.status, '', `HTTP ${answer.status}`)
}

/** Whether it is worth to ask again with the same key: Central may be back, or may have begun anew. */
export function mayPass(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Refused && [502, 503, 504].includes(error.status))
}
