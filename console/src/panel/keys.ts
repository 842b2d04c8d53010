/** What is said of the keys of points and of programs. Pure. */
import type { IdentityView, MachineKeyView, Permission } from '../central/access.ts'
import { texts } from '../texts/index.ts'
import { dated } from './words.ts'

const words = texts.access

/** What a machine key may be given: none makes people or other keys. */
export const SCOPES: Permission[] = [
  'offer:read', 'network:read', 'ledger:read', 'orders:write', 'points:write', 'prices:write', 'bills:write',
  'alerts:write', 'people:read', 'audit:read', 'metrics:read',
]

/** The points that have no key that counts; those that run in Central's own process prove themselves without one. */
export function withoutKey(points: string[], keys: IdentityView[]): string[] {
  const counting = new Set(keys.filter(({ revoked_at }) => revoked_at === null).map(({ id }) => id))
  return points.filter((id) => !counting.has(id))
}

/** How the key of a point stands, in one line; `now` is Central's time in ms, `isProven`: it has proven who it is. */
export function keyLine(key: IdentityView | undefined, now: number, isProven: boolean): string {
  if (key === undefined) return isProven ? words.points.inside : words.points.none
  const { version, in_use, older_until, revoked_at } = key
  if (revoked_at !== null) return words.points.revoked(dated(revoked_at))
  if (older_until !== null && Date.parse(older_until) > now) return words.points.rotating(version, dated(older_until))
  return in_use < version ? words.points.unused(version, in_use) : words.points.counts(version)
}

export type MachineKeyState = keyof typeof words.keys.states

export function machineKeyState({ revoked_at, expires_at }: MachineKeyView, now: number): MachineKeyState {
  if (revoked_at !== null) return 'revoked'
  return expires_at !== null && Date.parse(expires_at) <= now ? 'expired' : 'active'
}

/** A QR code as a path: how wide its field is, and its lines. Null for anything but the SVG of a QR code. */
export function qrPath(svg: string): { size: number; lines: string } | null {
  const lines = /<path[^>]* stroke="[^>]* d="([MmHhVvLlZz\d\s.,-]+)"/.exec(svg)?.[1]
  const width = Number(/<svg[^>]* (?:width="|viewBox="0 0 )(\d+)/.exec(svg)?.[1])
  const scale = Number(/ transform="scale\(([\d.]+)\)"/.exec(svg)?.[1] ?? 1)
  return lines === undefined || !(width > 0) || !(scale > 0) ? null : { size: width / scale, lines }
}
