/** What the lab makes of a part: what can be done to it, and how far a scenario is. Pure. */
import type { Deed, PartKind } from '../../central/lab.ts'
import type { PartState, PlayView } from '../../central/views.ts'

/** What is done next to a part; null for a link whose monitor was killed. */
export function deedFor(kind: PartKind, state: PartState, isMonitorDead = false): Deed | null {
  if (kind === 'links') return isMonitorDead ? null : state === 'cut' ? 'restore' : 'cut'
  return state === 'killed' ? 'restart' : 'kill'
}

/** Whether that takes the part away. */
export function takesAway(deed: Deed): boolean {
  return deed === 'kill' || deed === 'cut'
}

/** How much of a scenario is over, from 0 to 1, and how many of its seconds are left. */
export function progressOf({ began_at, ends_at }: PlayView, centralNow: number): { part: number; left: number } {
  const [began, ends] = [Date.parse(began_at), Date.parse(ends_at)]
  const left = Math.max(0, ends - centralNow)
  return { part: ends > began ? Math.min(1, Math.max(0, 1 - left / (ends - began))) : 1, left: Math.ceil(left / 1000) }
}

/** A number that was typed; null for nothing. */
export function numberIn(text: string): number | null {
  const typed = text.trim().replace(',', '.')
  return typed === '' ? null : Number(typed)
}
