/** What is said of a new point, what is wrong with it, and how its programs are started. Pure. */
import type { NewPoint } from '../central/contract.ts'
import { texts } from '../texts/index.ts'
import { type Address, centralFlags } from './commands.ts'
import { isId, sentence } from './words.ts'

const words = texts.newPoint

const PRICE = /^\d{1,4}([.,]\d{1,6})?$/
const MOST_EUROS = 1_000

/** A new point as it is typed. */
export type Draft = Record<keyof typeof words.fields, string>

/** What is wrong, at the field where it is. */
export type Mistakes = Partial<Draft>

export const EMPTY: Draft = { cp_id: '', location: '', site_id: '', euros_per_kwh: '' }

/** What Central would not take of a draft. A point that is known would be changed, where another one is meant. */
export function mistakesIn(draft: Draft, known: readonly string[]): Mistakes {
  const { cp_id: id, site_id: site, euros_per_kwh: price } = trimmed(draft)
  const found: Mistakes = {}
  if (!isId(id)) found.cp_id = texts.badId
  else if (known.includes(id)) found.cp_id = words.taken(id)
  if (site !== '' && !isId(site)) found.site_id = texts.badId
  if (price !== '' && !(PRICE.test(price) && eurosIn(price) <= MOST_EUROS)) found.euros_per_kwh = words.badPrice
  return found
}

/** The draft as Central is told of it: what is empty is left out. */
export function newPointOf(draft: Draft): NewPoint {
  const { cp_id, location, site_id, euros_per_kwh: price } = trimmed(draft)
  return {
    cp_id,
    ...(location === '' ? {} : { location }),
    ...(site_id === '' ? {} : { site_id }),
    ...(price === '' ? {} : { euros_per_kwh: eurosIn(price) }),
  }
}

/** Mistakes as Central tells them, `field: why; field: why`; null for a sentence that is of no field alone. */
export function mistakesSaid(detail: string): Mistakes | null {
  const found: Mistakes = {}
  for (const part of detail.split(/; (?=\w+: )/)) {
    const [, field, why] = /^(\w+): (.+)$/.exec(part) ?? []
    if (field === undefined || why === undefined || !Object.hasOwn(words.fields, field)) return null
    found[field as keyof Draft] = words.notTaken(sentence(why))
  }
  return found
}

/** The two programs of a point where nobody needs a key: its engine, and its monitor, which registers it at Central. */
export function startCommands(id: string, central: Address): { engine: string; monitor: string } {
  return {
    engine: `evcharging engine --cp-id ${id} --kafka-bootstrap localhost:9092 --health-port 8001`,
    monitor: `evcharging monitor --cp-id ${id} --cp-e-host localhost --cp-e-port 8001 ${centralFlags(central)}`,
  }
}

function trimmed(draft: Draft): Draft {
  return {
    cp_id: draft.cp_id.trim(),
    location: draft.location.trim(),
    site_id: draft.site_id.trim(),
    euros_per_kwh: draft.euros_per_kwh.trim(),
  }
}

function eurosIn(price: string): number {
  return Number(price.replace(',', '.'))
}
