/** What an operator should look at first, the worst of it at the top. Pure. */
import type { Group } from '../../panel/rules.ts'
import { hashOf } from '../../shell/route.ts'

export type Trouble = 'alerts' | 'fault' | 'disconnected' | 'held' | 'stopped'

export interface Attention {
  trouble: Trouble
  count: number
  /** Where all of it is listed. */
  href: string
}

/** Of each trouble that there is, how much, and where it is listed. */
export function attention(counts: Record<Group, number>, held: number, alerts: number): Attention[] {
  const points = (state: Group) => hashOf('points', { query: { state } })
  const all: Attention[] = [
    { trouble: 'alerts', count: alerts, href: hashOf('alerts', { query: { state: 'open' } }) },
    { trouble: 'fault', count: counts.fault, href: points('fault') },
    { trouble: 'held', count: held, href: hashOf('sessions', { query: { status: 'SUSPECT' } }) },
    { trouble: 'disconnected', count: counts.disconnected, href: points('disconnected') },
    { trouble: 'stopped', count: counts.stopped, href: points('stopped') },
  ]
  return all.filter(({ count }) => count > 0)
}
