/** How people and their roles read. Pure. */
import type { AccountView, Role, Who } from '../central/access.ts'
import { texts } from '../texts/index.ts'
import { type Address, loginCommand } from './commands.ts'

const words = texts.access

/** Of those who work at the console. */
export const ROLES: Role[] = ['viewer', 'operator', 'auditor', 'admin']

/** What an account can be made for: a driver's never becomes one for other work. */
export const NEW_ROLES: Role[] = [...ROLES, 'driver']

/** A role that this console does not know is called as Central calls it. */
export function roleName(role: string | null | undefined): string {
  const known: Record<string, string> = words.roles
  if (!role) return words.somebody
  return Object.hasOwn(known, role) ? known[role]! : role
}

/** Who is signed in, as the header says it. */
export function meText({ name, id, role }: Who): string {
  return words.me(name || id, roleName(role).toLowerCase())
}

export type AccountState = keyof typeof words.people.states

export function accountState({ disabled_at, has_password }: AccountView): AccountState {
  if (disabled_at !== null) return 'disabled'
  return has_password ? 'active' : 'invited'
}

/** Do the name or the role of somebody contain the text? */
export function isSought(person: AccountView, text: string): boolean {
  const sought = text.trim().toLowerCase()
  return [person.name, roleName(person.role)].some((said) => said.toLowerCase().includes(sought))
}

/** A secret that is shown once, and what is done with it next. */
export interface Secret {
  title: string
  text: string
  secret: string
  next?: { title: string; text: string; command: string }
}

/** The link of an account, as it is handed on; a driver goes on elsewhere than here. */
export function linkSecret({ name, role, account_id: id }: AccountView, link: string, central: Address): Secret {
  const { once } = words
  const shown = { title: once.link(name), text: once.linkText, secret: link }
  if (role !== 'driver') return shown
  return { ...shown, next: { title: once.login, text: once.loginText(id), command: loginCommand(name, central) } }
}

/** The token of a link, which stands after its #. */
export function tokenOf(link: string): string {
  return link.slice(link.indexOf('#') + 1)
}
