/** What the console makes of somebody's action, and of the filters in the address. Pure. */
import type { AccountView, ActionView } from '../../central/access.ts'
import { dayBegins } from '../../panel/days.ts'
import { roleName } from '../../panel/people.ts'
import { dated, sentence } from '../../panel/words.ts'
import { texts } from '../../texts/index.ts'
import type { Fact } from '../sessions/facts.ts'

const words = texts.access.audit

export const OUTCOMES = ['done', 'refused'] as const
export const NO_FILTER = { actor: '', subject: '', action: '', outcome: '', from: '', to: '' }

/** The filters of an address as Central takes them; a name of somebody stands for their ID. */
export function asked(query: Record<string, string>, accounts: AccountView[]): Record<string, string> {
  const [actor, subject, action] = [query.actor, query.subject, query.action].map((text) => text?.trim())
  const [from, to] = [dayBegins(query.from, 0), dayBegins(query.to, 1)]
  const outcome = OUTCOMES.find((each) => each === query.outcome)
  return {
    ...(actor && { actor: idOf(actor, accounts) }),
    ...(subject && { subject: idOf(subject, accounts) }),
    ...(action && { action }),
    ...(outcome && { refused: String(outcome === 'refused') }),
    ...(from && { from }),
    ...(to && { to }),
  }
}

function idOf(text: string, accounts: AccountView[]): string {
  return accounts.find(({ name }) => name.toLowerCase() === text.toLowerCase())?.account_id ?? text
}

/** Somebody by their name, where it is still known; else by the ID that the ledger has. */
export function nameOf(id: string, accounts: AccountView[]): string {
  return accounts.find(({ account_id }) => account_id === id)?.name ?? id
}

/** Who did it: a person by name, everybody else by what they are. */
export function actorText({ kind, id }: ActionView['actor'], accounts: AccountView[]): string {
  const name = nameOf(id, accounts)
  if (kind === 'person' || name !== id) return name
  const known: Record<string, string> = words.kinds
  const what = Object.hasOwn(known, kind) ? known[kind]! : sentence(kind)
  return kind === 'local' || kind === 'system' ? what : `${what} ${id}`
}

/** Such as `sign_in`, as it reads. */
export function actionText(action: string): string {
  return words.actionName(action)
}

export function actionFacts(action: ActionView, accounts: AccountView[]): Fact[] {
  const { at, actor, subject, request_id, refusal, left_out } = action
  const names = words.facts
  return [
    [names.at, dated(at)],
    [names.who, `${actorText(actor, accounts)} (${actor.kind} ${actor.id})`],
    ...(actor.role === null ? [] : [[names.role, roleName(actor.role)] satisfies Fact]),
    [names.via, actor.via],
    [names.subject, subject],
    ...(request_id === null ? [] : [[names.request, request_id] satisfies Fact]),
    ...(refusal === null ? [] : [[names.refusal, sentence(texts.reason(refusal))] satisfies Fact]),
    ...(left_out === 0 ? [] : [[names.leftOut, String(left_out)] satisfies Fact]),
  ]
}

/** Something that differs, or was asked for: what, before, after. */
export type Change = [what: string, before: string, after: string]

/** What of the subject changed; what stayed as it was is left out. */
export function changesOf({ before, after }: ActionView): Change[] {
  const [was, is] = [before ?? {}, after ?? {}]
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .map((name): Change => [name, valueText(was[name]), valueText(is[name])])
    .filter(([, old, fresh]) => old !== fresh)
}

/** What was asked for in particular. */
export function askedFacts({ asked: said }: ActionView): Fact[] {
  return Object.entries(said ?? {}).map(([name, value]) => [name, valueText(value)])
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return words.empty
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
