/** How figures and times read on the screen. Knows nothing of where they come from. */
import { language, texts } from '../texts/index.ts'

/** How numbers read in the language of the page. */
export function numbers(options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return new Intl.NumberFormat(language, { useGrouping: 'always', ...options })
}

const fixed = Array.from({ length: 5 }, (_, digits) =>
  numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits }))
const energyFormat = numbers({ maximumFractionDigits: 6 })
const priceFormat = numbers({ minimumFractionDigits: 2, maximumFractionDigits: 6 })
const wholeFormat = numbers()
const plainFormat = numbers({ maximumFractionDigits: 6, useGrouping: false })

/** How many there are. */
export function whole(count: number): string {
  return wholeFormat.format(count)
}

/** What stands between the whole and its decimals. */
export const POINT = numbers().formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.'

/** A number with the decimals that it has, and nothing between its thousands. */
export function plainNumber(value: number): string {
  return plainFormat.format(value)
}

/** Euros with as many decimals as let a running supply be seen to grow. */
export function euros(amount: number): string {
  return texts.price.euros(fixed[amount < 1 ? 4 : amount < 10 ? 3 : 2]!.format(amount))
}

/** An amount that is in whole cents. */
export function cents(amount: number): string {
  return texts.price.euros(fixed[2]!.format(amount / 100))
}

/** An amount of the books, with as many decimals as any other of them. */
export function booked(microEuros: number): string {
  return texts.price.euros(fixed[4]!.format(microEuros / 1e6))
}

/** What stands where nobody knows the figure. */
export const NOT_KNOWN = '–'

export function price(eurosPerKwh: number | null): string {
  if (eurosPerKwh === null) return NOT_KNOWN
  return `${texts.price.euros(priceFormat.format(eurosPerKwh))}/kWh`
}

export function kilowatts(kw: number | null): string {
  return kw === null ? NOT_KNOWN : fixed[1]!.format(kw)
}

/** Power with its unit, in MW from 1 MW on. */
export function power(kw: number): string {
  return kw < 1_000 ? `${kilowatts(kw)}\u202fkW` : `${fixed[kw < 100_000 ? 2 : 1]!.format(kw / 1_000)}\u202fMW`
}

export function kilowattHours(kwh: number): string {
  return fixed[3]!.format(kwh)
}

/** Any energy, however little, with its unit. */
export function energy(kwh: number): string {
  return `${energyFormat.format(kwh)}\u202fkWh`
}

const ID = /^[A-Za-z0-9]([A-Za-z0-9._@:-]{0,62}[A-Za-z0-9])?$/

/** Is this the ID of a point, a site or a driver, as messages may carry it? */
export function isId(text: string): boolean {
  return ID.test(text)
}

/** Reasons come as the end of a sentence; alone they begin one. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** HH:MM:SS where the reader is. */
export function clock(time: string | number): string {
  const at = new Date(time)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':')
}

/** YYYY-MM-DD where the reader is. */
export function date(time: string | number): string {
  const at = new Date(time)
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(twoDigits).join('-')
}

/** YYYY-MM-DD HH:MM:SS where the reader is. */
export function dated(time: string): string {
  return `${date(time)} ${clock(time)}`
}

/** The time alone for today, with its date for any other day. */
export function moment(time: string, now: number): string {
  return date(time) === date(now) ? clock(time) : dated(time)
}

/** How long ago something was, in one unit. */
export function ago(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  if (seconds < 60) return texts.time.ago(`${seconds}\u202fs`)
  if (seconds < 3_600) return texts.time.ago(`${Math.floor(seconds / 60)}\u202fmin`)
  return texts.time.ago(`${Math.floor(seconds / 3_600)}\u202fh`)
}

/** How long something lasted, in its two largest units. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  if (hours > 0) return `${hours}\u202fh ${twoDigits(minutes)}\u202fmin`
  if (minutes > 0) return `${minutes}\u202fmin ${twoDigits(seconds % 60)}\u202fs`
  return `${seconds}\u202fs`
}

function twoDigits(part: number): string {
  return String(part).padStart(2, '0')
}
