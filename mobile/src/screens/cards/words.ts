/** Cards, and what Central says about them, in the words of the app. Pure. */
import { Refused } from '../../api/problem'
import type { CardView } from '../../api/types'
import type { Texts } from '../../texts'

export function cardName({ brand, last4 }: Pick<CardView, 'brand' | 'last4'>): string {
  return `${brand.slice(0, 1).toUpperCase()}${brand.slice(1)} ···· ${last4}`
}

/** Such as 12/2030. */
export function lastMonth(expires: string): string {
  const [year, month] = expires.split('-')
  return `${month}/${year}`
}

/** What was typed, such as 12/30, as Central reads it: 2030-12; null where it is no month. */
export function expiryOf(typed: string): string | null {
  const found = /^\s*(0?[1-9]|1[0-2])\s*[/. -]\s*(?:20)?(\d\d)\s*$/.exec(typed)
  return found ? `20${found[2]}-${found[1]!.padStart(2, '0')}` : null
}

/** The digits of a number, without what stands between them; null where it is no number of a card. */
export function digitsOf(typed: string): string | null {
  const digits = typed.replace(/[ -]/g, '')
  return /^\d{12,19}$/.test(digits) ? digits : null
}

/** What Central says of a card that cannot pay, or be added; null where it speaks of something else. */
export function cardTrouble(reason: string, t: Texts): string | null {
  const declined = /^the card was declined(?:: (\S+))?$/.exec(reason)
  if (declined) {
    const codes: Record<string, string> = t.cards.codes
    return t.cards.declined(codes[declined[1] ?? ''] ?? null)
  }
  const expired = /^The card that ends in (\d+) counted until/.exec(reason)
  if (expired) return t.cards.tooOld(expired[1]!)
  if (/^This is not the number of a card for tests/.test(reason)) return t.cards.notForTests
  if (/^The card counted until/.test(reason)) return t.cards.over
  if (/^There are \d+ cards already/.test(reason)) return t.cards.tooMany
  if (/has no card to pay with|^no card was named/.test(reason)) return t.cards.first
  return /^what can be held on the card does not cover/.test(reason) ? t.cards.tooLittle : null
}

export function cardTroubleOf(error: unknown, t: Texts): string | null {
  return error instanceof Refused ? cardTrouble(error.message, t) : null
}
