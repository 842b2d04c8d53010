/** The words of the console in the language of its reader. */
import { en, type Texts } from './en.ts'

const LANGUAGES: Record<string, Texts> = { en }
const FIRST = 'en'

/** The first language that the reader wants and that is there. */
export function languageOf(wanted: readonly string[]): string {
  return wanted.map((tag) => tag.split('-')[0]!.toLowerCase()).find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? FIRST
}

export const language = languageOf(globalThis.navigator?.languages ?? [])
export const texts: Texts = LANGUAGES[language] ?? en

/** What a problem reads like: by its code where there is a text for it, else as Central says it. */
export function problemSentence(code: string | null, detail: string): string {
  const known: Record<string, (detail: string) => string> = texts.problems
  const say = code !== null && Object.hasOwn(known, code) ? known[code] : undefined
  return say ? say(closed(detail)) : detail
}

/** Details of Central are clauses or sentences: here each is a sentence. */
function closed(detail: string): string {
  return /[.!?…]$/.test(detail) ? detail : `${detail}.`
}
