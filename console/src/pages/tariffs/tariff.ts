/** How a tariff reads, and what a form makes of one. Pure; multiplies no price. */
import type { TariffSaid } from '../../central/tariffs.ts'
import type { Element, Tariff } from '../../central/views.ts'
import { plainNumber, POINT } from '../../panel/words.ts'
import { texts } from '../../texts/index.ts'
import { money } from '../sessions/price.ts'

const MICRO = 1_000_000
const GAP = '\u202f'
const AMOUNT = /^\d{1,6}([.,]\d{1,6})?$/
/** What a tariff has none of by default, so that 0 says something. */
const LIMITS = new Set(['idle_cap_micro_euros', 'most_micro_euros'])
const PERCENT = /^\d{1,3}([.,]\d)?$/

/** A price of an element, and what it is for. */
export type Priced = [name: string, price: string]

/** The prices of an element, in the order of a bill. */
export function pricesOf(element: Element): Priced[] {
  const { session, energy, charging_time, idle_time } = texts.price.components
  const found: [string, number | null, string][] = [
    [session, element.session_micro_euros, ''],
    [energy, element.energy_micro_euros_per_kwh, '/kWh'],
    [charging_time, element.charging_micro_euros_per_minute, '/min'],
    [charging_time, element.charging_micro_euros_per_hour, '/h'],
    [idle_time, element.idle_micro_euros_per_minute, '/min'],
    [idle_time, element.idle_micro_euros_per_hour, '/h'],
  ]
  return found.flatMap(([name, price, unit]) => (price === null ? [] : [[name, `${money(price)}${unit}`]]))
}

/** When an element counts, in words; nothing where it always does. */
export function whenOf(element: Element): string[] {
  const words = texts.tariff.when
  const { local_from: begin, local_to: end, weekdays } = element
  return [
    ...(begin !== null || end !== null ? [words.hours(begin ?? '00:00', end ?? '24:00')] : []),
    ...(weekdays.length > 0 ? [weekdays.map((day) => texts.tariff.weekdays[day]).join(', ')] : []),
    ...(element.from_date !== null ? [words.fromDate(element.from_date)] : []),
    ...(element.until_date !== null ? [words.untilDate(element.until_date)] : []),
    ...between(element.min_mwh, element.max_mwh, (mwh) => `${plainNumber(mwh / MICRO)}${GAP}kWh`),
    ...between(element.min_s, element.max_s, minutes),
    ...between(element.min_w, element.max_w, (watts) => `${plainNumber(watts / 1_000)}${GAP}kW`),
  ]
}

/** What holds for the whole tariff. */
export function termsOf(tariff: Tariff): [name: string, value: string][] {
  const words = texts.tariff.terms
  const found: [string, string | null][] = [
    [words.vat, tariff.vat_permille > 0 ? `${plainNumber(tariff.vat_permille / 10)}${GAP}%` : words.none],
    [words.zone, tariff.zone],
    [words.grace, tariff.idle_grace_s > 0 ? minutes(tariff.idle_grace_s) : null],
    [words.cap, tariff.idle_cap_micro_euros === null ? null : money(tariff.idle_cap_micro_euros)],
    [words.least, tariff.least_micro_euros > 0 ? money(tariff.least_micro_euros) : null],
    [words.most, tariff.most_micro_euros === null ? null : money(tariff.most_micro_euros)],
  ]
  return found.flatMap(([name, value]) => (value === null ? [] : [[name, value]]))
}

/** All of a tariff in one line, where it has one element; how many it has, else. */
export function summaryOf(tariff: Tariff): string {
  const [first, ...others] = tariff.elements
  if (first === undefined || others.length > 0) return texts.tariff.elements(tariff.elements.length)
  return pricesOf(first).map(([name, price]) => `${name} ${price}`).join(', ')
}

/** What the short form asks for, as it was typed. */
export interface Form {
  energy: string
  charging: string
  idle: string
  session: string
  vat: string
  zone: string
}

/** The tariff that was typed into the short form, or the sentence that says what is wrong with it. */
export function tariffOf(form: Form): TariffSaid | string {
  const amounts = [form.session, form.energy, form.charging, form.idle].map(microEuros)
  if (amounts.includes(undefined)) return texts.tariff.form.badAmount
  if (!PERCENT.test(form.vat.trim())) return texts.tariff.form.badVat
  const [session, energy, charging, idle] = amounts as (number | null)[]
  const element = {
    session_micro_euros: session!,
    energy_micro_euros_per_kwh: energy!,
    charging_micro_euros_per_minute: charging!,
    idle_micro_euros_per_minute: idle!,
  }
  return { zone: form.zone.trim(), elements: [element], vat_permille: Math.round(decimal(form.vat) * 10) }
}

/** The tariff as the short form has it; null where that cannot say all of it. */
export function formOf(tariff: Tariff): Form | null {
  const [element, ...others] = tariff.elements
  const terms = [tariff.idle_grace_s, tariff.least_micro_euros]
  const hours = element && [element.charging_micro_euros_per_hour, element.idle_micro_euros_per_hour]
  const fees = [tariff.late_cancel_micro_euros, tariff.no_show_micro_euros]
  if (!element || others.length > 0 || whenOf(element).length > 0) return null
  if (tariff.idle_cap_micro_euros !== null || tariff.most_micro_euros !== null) return null
  if ([...terms, ...hours!, ...fees].some((value) => value !== null && value !== 0)) return null
  return {
    energy: typed(element.energy_micro_euros_per_kwh),
    charging: typed(element.charging_micro_euros_per_minute),
    idle: typed(element.idle_micro_euros_per_minute),
    session: typed(element.session_micro_euros),
    vat: plainNumber(tariff.vat_permille / 10),
    zone: tariff.zone,
  }
}

/** The tariff that JSON says, or the sentence that says what is wrong with it. */
export function tariffIn(json: string): TariffSaid | string {
  try {
    const said: unknown = JSON.parse(json)
    return typeof said === 'object' && said !== null && !Array.isArray(said)
      ? (said as TariffSaid)
      : texts.tariff.form.noObject
  } catch (error) {
    return texts.tariff.form.noJson(error instanceof Error ? error.message : '')
  }
}

/** A tariff as JSON to be changed by hand: without what is so by default, and without the version. */
export function jsonOf(tariff: TariffSaid): string {
  const said = Object.entries({ ...tariff, elements: tariff.elements.map(withoutEmpty), version_id: null })
  const isNews = ([name, value]: [string, unknown]) => value !== 0 || LIMITS.has(name)
  return JSON.stringify(withoutEmpty(Object.fromEntries(said.filter(isNews))), null, 2)
}

/** A price of 0 is one. */
function withoutEmpty(value: object): object {
  const isSaid = (each: unknown) => each !== null && !(Array.isArray(each) && each.length === 0)
  return Object.fromEntries(Object.entries(value).filter(([, each]) => isSaid(each)))
}

/** An amount of euros as micro-euro, exactly; null for none, undefined for what is no amount. */
function microEuros(text: string): number | null | undefined {
  if (text.trim() === '') return null
  if (!AMOUNT.test(text.trim())) return undefined
  const [whole = '', decimals = ''] = text.trim().split(/[.,]/)
  return Number(whole) * MICRO + Number(decimals.padEnd(6, '0'))
}

function typed(price: number | null): string {
  if (price === null) return ''
  const decimals = String(price % MICRO).padStart(6, '0').replace(/0{1,4}$/, '')
  return `${Math.floor(price / MICRO)}${POINT}${decimals}`
}

function decimal(text: string): number {
  return Number(text.trim().replace(',', '.'))
}

function between(least: number | null, most: number | null, say: (value: number) => string): string[] {
  const words = texts.tariff.when
  if (least !== null && most !== null) return [words.between(say(least), say(most))]
  if (least !== null) return [words.from(say(least))]
  return most === null ? [] : [words.upTo(say(most))]
}

function minutes(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}${GAP}min` : `${seconds}${GAP}s`
}
