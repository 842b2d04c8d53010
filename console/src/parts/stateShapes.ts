/** The shapes of states, on a field of 16 by 16: they say what colours say. */
import type { State } from '../central/contract.ts'

export const SHAPES: Record<State, string> = {
  ACTIVATED: 'M3 8.5 6.5 12 13 4.5',
  SUPPLYING: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
  STOPPED: 'M5.5 3.5v9M10.5 3.5v9',
  FAULT: 'M8 3v6M8 12.2v.3',
  DISCONNECTED: 'M4 4l8 8M12 4l-8 8',
  UNKNOWN: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.3Q8 8.9 8 10M8 13v.2',
}
