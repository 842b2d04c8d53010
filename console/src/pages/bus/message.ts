/** What the console makes of a message of the bus: its line, its fields in words, and what of it can be asked again. Pure. */
import type { BusWish } from '../../central/bus.ts'
import type { BusMessageView, ExplainedFieldView, ExplainedView } from '../../central/views.ts'

/** Messages that are listed, at most. */
export const MOST_ROWS = 200
export const LONGEST_TEXT = 128
export const VIEWS = ['tail', 'unreadable'] as const
export type BusViewId = (typeof VIEWS)[number]

const MOST_OF_A_LIST = 50
const MOST_IN_A_LINE = 4
const IN_EVERY_MESSAGE = new Set(['type', 'ts', 'epoch', 'seq'])

/** What can be asked of Central by an ID that a message has, and where. */
const ASKED_BY: Record<string, string> = {
  cp_id: 'points', session_id: 'sessions', request_id: 'requests', driver_id: 'drivers', site_id: 'sites',
  tariff_id: 'tariffs', alert_id: 'alerts',
}
/** Only requests of drivers are kept under their ID. */
const OF_DRIVERS = /^driver\./

export interface FieldRow {
  path: string
  value: string
  unit: string | null
  what: string | null
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Explanations = ReadonlyMap<string, ExplainedView>

/** The filters of an address as Central takes them. */
export function wishOf(query: Record<string, string>, paused: boolean): BusWish {
  const text = (query.q ?? '').trim().slice(0, LONGEST_TEXT)
  return { topics: query.topic ? [query.topic] : null, text, paused }
}

/** Whether a message is one that is wanted, as Central sees it. */
export function fits({ topic, key, text }: Pick<BusMessageView, 'topic' | 'key' | 'text'>, wish: BusWish): boolean {
  const isOfTopic = wish.topics === null || wish.topics.includes(topic)
  return isOfTopic && `${key}\n${text}`.toLowerCase().includes(wish.text.toLowerCase())
}

export function viewOf(query: Record<string, string>): BusViewId {
  return query.view === 'unreadable' ? 'unreadable' : 'tail'
}

/** A message in the list; each Central numbers its own anew, so the list has numbers of its own. */
export type Row = BusMessageView & { id: number }

/** The newest first, and no more than are listed. */
export function added(rows: Row[], came: BusMessageView[]): Row[] {
  const next = (rows[0]?.id ?? 0) + 1
  const fresh = came.map((message, place) => ({ ...message, id: next + place }))
  return [...fresh.toReversed(), ...rows].slice(0, MOST_ROWS)
}

/** The object that a text of JSON is; null where it is none, or only its beginning is there. */
export function parsed(text: string): { [name: string]: Json } | null {
  try {
    const found = JSON.parse(text) as Json
    return found !== null && typeof found === 'object' && !Array.isArray(found) ? found : null
  } catch {
    return null
  }
}

/** What a message says, in one line: plain fields but those that every message has, and its key. */
export function shortText({ text, key }: Pick<BusMessageView, 'text' | 'key'>): string {
  const body = parsed(text)
  if (body === null) return text.slice(0, 200)
  const plain = Object.entries(body).filter(([name, value]) =>
    !IN_EVERY_MESSAGE.has(name) && value !== null && typeof value !== 'object' && value !== '' && value !== key)
  // Whom it is about is told last, since IDs are long.
  const ordered = [...plain.filter(([name]) => !isId(name)), ...plain.filter(([name]) => isId(name))]
  return ordered.slice(0, MOST_IN_A_LINE).map(([name, value]) => `${name} ${String(value)}`).join(' · ')
}

function isId(field: string): boolean {
  return field.endsWith('_id')
}

/** Each value of a message with what its declaration says of it; a path such as `ticket.kwh` names what is inside. */
export function fieldRows(body: { [name: string]: Json }, kind: string | null, known: Explanations): FieldRow[] {
  return Object.entries(body).flatMap(([name, value]) => rowsOf(name, value, fieldOf(kind, name, known), known))
}

function rowsOf(path: string, value: Json, field: ExplainedFieldView | undefined, known: Explanations): FieldRow[] {
  const held = field?.of ?? null
  if (Array.isArray(value)) return listRows(path, value, field, known)
  if (value !== null && typeof value === 'object') {
    const own = { path, value: '', unit: null, what: known.get(held ?? '')?.said ?? field?.what ?? null }
    const inside = Object.entries(value).flatMap(([name, each]) =>
      rowsOf(`${path}.${name}`, each, fieldOf(held, name, known), known))
    return [own, ...inside]
  }
  return [{ path, value: said(value), unit: field?.unit ?? null, what: whatOf(field, known) }]
}

function listRows(path: string, list: Json[], field: ExplainedFieldView | undefined, known: Explanations): FieldRow[] {
  const own = { path, value: String(list.length), unit: null, what: field?.what ?? null }
  const item = field && { ...field, what: '' }
  return [own, ...list.slice(0, MOST_OF_A_LIST).flatMap((each, at) => rowsOf(`${path}[${at}]`, each, item, known))]
}

function fieldOf(kind: string | null, name: string, known: Explanations): ExplainedFieldView | undefined {
  return known.get(kind ?? '')?.fields.find((field) => field.name === name)
}

function whatOf(field: ExplainedFieldView | undefined, known: Explanations): string | null {
  return (field?.of ? known.get(field.of)?.said : undefined) ?? field?.what ?? null
}

function said(value: Json): string {
  return value === null ? 'null' : String(value)
}

export interface Askable {
  /** Such as `sessions`. */
  what: string
  id: string
  curl: string
}

/** What of a message can be asked of Central, as commands of a shell; `base` is where Central is. */
export function askables(
  { topic, text }: Pick<BusMessageView, 'topic' | 'text'>, base: string, isOpen: boolean,
): Askable[] {
  return Object.entries(parsed(text) ?? {}).flatMap(([name, id]) => {
    const what = Object.hasOwn(ASKED_BY, name) ? ASKED_BY[name]! : null
    if (what === null || typeof id !== 'string' || id === '') return []
    if (what === 'requests' && !OF_DRIVERS.test(topic)) return []
    return [{ what, id, curl: curlOf(new URL(`api/v1/${what}/${encodeURIComponent(id)}`, base).href, isOpen) }]
  })
}

/** In single quotes a shell takes everything as it is, but a single quote. */
function curlOf(url: string, isOpen: boolean): string {
  const who = isOpen ? '' : ' -H "Authorization: Bearer $TOKEN"'
  return `curl -s${who} '${url.replaceAll("'", '%27')}'`
}
