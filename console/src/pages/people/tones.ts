/** In which colour the state of an account is seen. */
import type { AccountState } from '../../panel/people.ts'
import type { Tone } from '../../parts/Mark.svelte'

export const TONES: Record<AccountState, Tone> = { active: 'green', invited: 'orange', disabled: 'red' }
