/** The numbers of cards for tests, as docs/payments.md has them; no other number is taken. */
import type { Texts } from '../../texts'

export const FOR_TESTS: readonly (readonly [string, keyof Texts['cards']['tests']])[] = [
  ['4242 4242 4242 4242', 'approved'],
  ['4000 0000 0000 0002', 'declined'],
  ['4000 0000 0000 9995', 'poor'],
  ['4000 0000 0000 9987', 'lost'],
  ['4000 0000 0000 0069', 'old'],
  ['4000 0000 0000 0119', 'failed'],
  ['4000 0000 0000 0259', 'disputed'],
  ['4000 0000 0001 0159', 'noMore'],
  ['4000 0000 0001 0258', 'late'],
  ['4000 0000 0001 0357', 'lateDone'],
]
