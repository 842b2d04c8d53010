/** How grave an alert looks. */
import type { AlertView } from '../../central/views.ts'
import type { Tone } from '../../parts/Mark.svelte'

export const TONES: Record<AlertView['severity'], Tone> = { error: 'red', warning: 'orange' }
