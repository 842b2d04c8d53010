/** The words in the language of the reader, and what a problem reads like. */
import { reason } from '../../../console/src/texts/es/reasons.ts'
import { Refused, Unreachable } from '../api/problem'
import { en, type Texts } from './en'
import { es } from './es'

export type { Texts }

export const LANGUAGES = [
  ['en', 'English'],
  ['es', 'Español'],
] as const
export type Language = (typeof LANGUAGES)[number][0]

export const TEXTS: Record<Language, Texts> = { en, es }

/** The first language wanted that there is. */
export function languageOf(wanted: readonly string[]): Language {
  const known = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'en' || tag === 'es')
  return (known as Language | undefined) ?? 'en'
}

/** What Central says, in this language as far as it is known. */
export function said(language: Language, clause: string): string {
  const text = language === 'es' ? reason(clause) : clause
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

export function sentence(language: Language, error: unknown): string {
  if (error instanceof Refused) return said(language, error.message)
  return error instanceof Unreachable ? TEXTS[language].unreachable : said(language, String(error))
}
