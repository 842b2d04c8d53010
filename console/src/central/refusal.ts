/** Why Central did not do what it was asked, as the one sentence that an operator reads. */

export class Refusal extends Error {}

/** The refusal in an answer that is not 2xx: its problem+json detail, else its title, else its status. */
export async function refusalOf(answer: Response): Promise<Refusal> {
  const problem = (await answer.json().catch(() => null)) as { detail?: unknown; title?: unknown } | null
  const said = [problem?.detail, problem?.title].find((text) => typeof text === 'string' && text !== '')
  return new Refusal(typeof said === 'string' ? said : `Central answered with error ${answer.status}.`)
}
