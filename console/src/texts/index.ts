/** The words of the console in the language of its reader. */
import { en, type Texts } from './en/index.ts'
import type { NoticeFacts } from './en/problems.ts'
import { es } from './es/index.ts'

export type { NoticeFacts, Texts }

/** The languages that there are, by what each calls itself. */
export const LANGUAGES = { en: 'English', es: 'Español' } as const
export type Language = keyof typeof LANGUAGES

const TEXTS: Record<Language, Texts> = { en, es }
const FIRST: Language = 'en'
const KEY = 'evcharging.language'

/** The language that the reader chose, else the first that they want and that is there. */
export function languageOf(stored: string | null, wanted: readonly string[]): Language {
  const tags = [...(stored === null ? [] : [stored]), ...wanted]
  return tags.map((tag) => tag.split('-')[0]!.toLowerCase()).find(isLanguage) ?? FIRST
}

function isLanguage(id: string): id is Language {
  return Object.hasOwn(LANGUAGES, id)
}

/** Where there is no page, nobody reads. */
export const language = 'document' in globalThis ? languageOf(remembered(), navigator.languages) : FIRST
export const texts: Texts = TEXTS[language]

/** Have the console speak this language in this browser; it begins anew. */
export function chooseLanguage(id: Language): void {
  try {
    localStorage.setItem(KEY, id)
  } catch {
    // A browser may forbid to keep anything: its own languages count then.
  }
  location.reload()
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

/** What a problem reads like: by its code where there is a text for it, else as Central says it. */
export function problemSentence(code: string | null, detail: string, { problems }: Texts = texts): string {
  const known: Record<string, ((detail: string) => string) | undefined> = problems
  const say = code !== null && Object.hasOwn(known, code) ? known[code] : undefined
  return say ? say(closed(detail)) : detail
}

/** Details of Central are clauses or sentences: here each is a sentence. */
function closed(detail: string): string {
  return /[.!?…]$/.test(detail) ? detail : `${detail}.`
}
