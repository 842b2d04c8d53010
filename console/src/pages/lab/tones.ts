/** The colours that states of a part are shown in. */
import type { PartState } from '../../central/views.ts'
import type { Tone } from '../../parts/Mark.svelte'

export const TONES: Record<PartState, Tone> = { running: 'green', killed: 'red', cut: 'red', lost: 'orange' }
