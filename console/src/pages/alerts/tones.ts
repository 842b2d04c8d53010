/** How grave an alert looks, and how well a delivery went. */
import type { AlertView, DeliveryView } from '../../central/views.ts'
import type { Tone } from '../../parts/Mark.svelte'

export const TONES: Record<AlertView['severity'], Tone> = { error: 'red', warning: 'orange' }

export const DELIVERY_TONES: Record<DeliveryView['state'], Tone> = {
  pending: 'orange', delivered: 'green', given_up: 'red', dropped: 'grey',
}
