/** How a price by lines reads: exact money, quantities with their units, and rows. Pure; multiplies nothing. */
import type { Price, PriceLine } from '../../central/views.ts'
import { energy, euros, numbers, plainNumber, POINT } from '../../panel/words.ts'
import { texts } from '../../texts/index.ts'

export interface PriceRow {
  name: string
  /** Empty for a limit, which has neither of these. */
  quantity: string
  unit: string
  amount: string
}

const MICRO = 1_000_000
const MINUTE_US = 60 * MICRO
const HOUR_US = 60 * MINUTE_US
const GAP = '\u202f'
const MINUS = '\u2212'

const wholeFormat = numbers()
const secondsFormat = numbers({ maximumFractionDigits: 6 })

/** An exact amount of money: two decimals, or as many more as it has. */
export function money(microEuros: number): string {
  const size = Math.abs(microEuros)
  const decimals = String(size % MICRO).padStart(6, '0').replace(/0{1,4}$/, '')
  const amount = `${wholeFormat.format(Math.floor(size / MICRO))}${POINT}${decimals}`
  return `${microEuros < 0 ? MINUS : ''}${texts.price.euros(amount)}`
}

/** What a line is for; a component that has no word here stands for itself. */
export function nameOf({ component }: PriceLine): string {
  const names: Record<string, string> = texts.price.components
  return Object.hasOwn(names, component) ? names[component]! : component
}

/** How much of it there was: energy to the mWh, time to the microsecond. */
export function quantityOf({ component, quantity, per }: PriceLine): string {
  if (per === 0) return ''
  if (component === 'energy') return energy(quantity / MICRO)
  return isTime(component) ? time(quantity) : wholeFormat.format(quantity)
}

/** What one unit costs. */
export function unitPriceOf({ component, per, unit_micro_euros: price }: PriceLine): string {
  if (per === 0) return ''
  if (component === 'energy') return `${money(price)}/kWh`
  return isTime(component) ? `${money(price)}/${per === HOUR_US ? 'h' : 'min'}` : money(price)
}

export function priceRows({ lines }: Price): PriceRow[] {
  return lines.map((line) => ({
    name: nameOf(line),
    quantity: quantityOf(line),
    unit: unitPriceOf(line),
    amount: money(line.micro_euros),
  }))
}

/** What each component comes to, and the VAT, where there is some: for a card. */
export function shortRows({ lines, vat }: Price): [name: string, amount: string][] {
  const sums = new Map<string, number>()
  for (const line of lines) sums.set(nameOf(line), (sums.get(nameOf(line)) ?? 0) + line.micro_euros)
  if (vat !== 0) sums.set(texts.price.vatAlone, vat)
  return [...sums].map(([name, microEuros]) => [name, rounded(microEuros)])
}

/** An amount that grows, with as many decimals as let that be seen. */
function rounded(microEuros: number): string {
  return `${microEuros < 0 ? MINUS : ''}${euros(Math.abs(microEuros) / MICRO)}`
}

/** What the lines come to. */
export function sumRows({ net, vat_permille, vat, gross }: Price): [name: string, amount: string][] {
  const rate = `${plainNumber(vat_permille / 10)}${GAP}%`
  return [
    [texts.price.net, money(net)],
    [texts.price.vat(rate), money(vat)],
    [texts.price.total, money(gross)],
  ]
}

function isTime(component: string): boolean {
  return component === 'charging_time' || component === 'idle_time'
}

function time(microseconds: number): string {
  const [minutes, rest] = [Math.floor(microseconds / MINUTE_US), microseconds % MINUTE_US]
  const seconds = rest > 0 ? `${secondsFormat.format(rest / MICRO)}${GAP}s` : ''
  if (minutes === 0 && rest > 0) return seconds
  return `${wholeFormat.format(minutes)}${GAP}min ${seconds}`.trimEnd()
}
