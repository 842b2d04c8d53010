/** Who may do what at Central, as it is asked and told: signing in, people, machine keys, points' keys, the audit. */
import type { Page } from './ledger.ts'
import type { ActionView } from './views.ts'
import { get, post, say } from './wire.ts'

export type { ActionView } from './views.ts'

export type Permission =
  | 'offer:read' | 'network:read' | 'ledger:read' | 'orders:write' | 'points:write' | 'prices:write' | 'bills:write'
  | 'alerts:write' | 'people:read' | 'people:write' | 'audit:read' | 'metrics:read' | 'own:write' | 'point:report'

export type Role = 'viewer' | 'operator' | 'admin' | 'auditor' | 'driver'

/** Somebody whom Central knows. */
export interface Who {
  kind: string
  id: string
  name: string | null
  role: string | null
  permissions: Permission[]
}

/** Whether people have to say who they are, whether anybody can yet, and who this is. */
export interface AccessView {
  mode: 'open' | 'secure'
  needs_setup: boolean
  /** Whether the whole network runs in one process with Central, and has a lab. */
  lab: boolean
  /** Whether sessions are paid. */
  payments: boolean
  who: Who | null
}

export interface AccountView {
  account_id: string
  name: string
  role: Role
  created_at: string
  disabled_at: string | null
  has_password: boolean
}

export interface MachineKeyView {
  key_id: string
  label: string
  scopes: Permission[]
  created_by: string
  created_at: string
  expires_at: string | null
  last_used_at: string | null
  revoked_at: string | null
}

/** A key of a point or a driver: its newest version, the one that its owner uses, and until when the older one counts. */
export interface IdentityView {
  kind: string
  id: string
  version: number
  in_use: number
  older_until: string | null
  revoked_at: string | null
}

/** What makes a point one of this network: said once. */
export interface EnrolmentView {
  token: string
  expires_at: string
  command: string
  /** An image as SVG. */
  qr: string
}

/** A link that sets a password, and counts once. */
export interface LinkView {
  link: string
  expires_at: string
}

const PAGE_SIZE = 50
const SESSION = 'api/v1/auth/session'
const USERS = 'api/v1/users'
const KEYS = 'api/v1/keys'

export function access(): Promise<AccessView> {
  return get('api/v1/access')
}

/** A session at the console; its cookie is none of the page's business. */
export async function signIn(name: string, password: string): Promise<void> {
  await say('POST', SESSION, { name, password })
}

export async function signOut(): Promise<void> {
  await say('DELETE', SESSION)
}

/** By a link: make the first administrator, or set a password. Whose it is, is signed in, unless it is a driver. */
export async function setUp(token: string, name: string, password: string): Promise<AccountView> {
  return (await post<{ account: AccountView }>('api/v1/auth/setup', { token, name, password })).account
}

export function people(): Promise<AccountView[]> {
  return get(USERS)
}

export function person(id: string): Promise<AccountView> {
  return get(pathOf(USERS, id))
}

/** A driver without an ID of the ledger is given one. */
export function addPerson(
  name: string, role: Role, driverId: string | null = null,
): Promise<{ account: AccountView; link: LinkView }> {
  return post(USERS, { name, role, ...(driverId === null ? {} : { driver_id: driverId }) })
}

export async function changePerson(id: string, change: { role?: Role; disabled?: boolean }): Promise<void> {
  await say('PATCH', pathOf(USERS, id), change)
}

export async function erasePerson(id: string): Promise<void> {
  await say('DELETE', pathOf(USERS, id))
}

/** A new link; the one before counts no more. */
export function newLink(id: string): Promise<LinkView> {
  return post(`${pathOf(USERS, id)}/link`)
}

export function machineKeys(): Promise<MachineKeyView[]> {
  return get(KEYS)
}

export function makeKey(
  label: string, scopes: Permission[], expiresAt: string | null,
): Promise<{ key: MachineKeyView; secret: string }> {
  return post(KEYS, { label, scopes, ...(expiresAt === null ? {} : { expires_at: expiresAt }) })
}

export async function revokeKey(id: string): Promise<void> {
  await say('DELETE', pathOf(KEYS, id))
}

/** The keys that points have, or had. */
export function pointKeys(): Promise<IdentityView[]> {
  return get('api/v1/identities?kind=point')
}

export function enrol(cpId: string): Promise<EnrolmentView> {
  return post(`${pathOf('api/v1/points', cpId)}/enrolment`)
}

export async function revokePointKey(cpId: string): Promise<void> {
  await say('DELETE', `${pathOf('api/v1/points', cpId)}/key`)
}

/** What somebody did, or tried to do, the newest first. */
export function actionPage(filters: Record<string, string>, after: string | null): Promise<Page<ActionView>> {
  const asked = new URLSearchParams({ ...filters, limit: String(PAGE_SIZE), ...(after === null ? {} : { after }) })
  return get(`api/v1/audit?${asked}`)
}

function pathOf(place: string, id: string): string {
  return `${place}/${encodeURIComponent(id)}`
}
