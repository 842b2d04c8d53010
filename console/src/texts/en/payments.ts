/** The words about payments, the books and the provider, in English. */
import type { EntryKind, OperationKind, PaymentState } from '../../central/views.ts'

const states: Record<PaymentState, string> = {
  requested: 'Asked for',
  unknown: 'Not answered yet',
  declined: 'Declined',
  held: 'Held',
  passed_on: 'Held for the next try',
  voiding: 'Being released',
  voided: 'Released',
  capturing: 'Being captured',
  captured: 'Captured',
  refunding: 'Being refunded',
  part_refunded: 'Refunded in part',
  refunded: 'Refunded',
  disputed: 'Disputed',
  won: 'Dispute won',
  lost: 'Dispute lost',
}

const operations: Record<OperationKind, string> = {
  authorize: 'hold',
  increment: 'hold more',
  capture: 'capture',
  void: 'release',
  refund: 'refund',
}

const entries: Record<EntryKind, string> = {
  bill: 'Bill',
  capture: 'Capture',
  refund: 'Refund',
  dispute: 'Dispute',
  fee: 'Fee of the provider',
}

const OFF = 'Payments are off: start Central with --payments simulated to try them.'

export const payments = {
  title: 'Payments',
  off: OFF,
  states,
  operations,
  entries,
  sought: 'Session, point or driver',
  soughtLabel: 'Search by session, point or driver',
  state: 'State',
  any: 'Any state',
  columns: { asked: 'Asked for', session: 'Session', point: 'Point', driver: 'Driver', state: 'State', held: 'Held', captured: 'Captured', refunded: 'Refunded' },
  none: 'Nothing was paid yet.',
  noMatch: 'No payment matches.',
  back: 'All payments',
  one: (id: string) => `Payment of ${id}`,
  facts: {
    session: 'Session', driver: 'Driver', point: 'Point', asked: 'Asked for', method: 'Card', held: 'Held', billed: 'Billed',
    captured: 'Captured', refunded: 'Refunded', owed: 'Owed', code: 'Why not', id: 'At the provider', status: 'It says',
    dispute: 'Dispute', underWay: 'Under way',
  },
  underWay: (what: string, amount: string, tries: number) => `${what} ${amount}, asked ${tries} times`,
  look: 'Ask the provider',
  looked: (id: string) => `The provider is asked about ${id}`,
  refunds: 'Refunds',
  noRefunds: 'Nothing was paid back.',
  entriesTitle: 'In the books',
  noEntries: 'Nothing is in the books yet.',
  refund: 'Refund',
  refundTitle: (id: string) => `Refund ${id}`,
  left: (amount: string) => `${amount} can be paid back.`,
  amount: 'Amount in EUR',
  reason: 'Reason',
  sure: (amount: string) => `Yes, pay ${amount} back`,
  paidBack: (amount: string) => `${amount} is paid back`,
  sureText: 'The driver is paid on the same card. This cannot be undone.',
}

export const books = {
  title: 'Books',
  off: OFF,
  about: 'Double entry, in EUR. All balances add up to nothing.',
  balanced: 'The books balance.',
  unbalanced: (amount: string) => `The books are out by ${amount}.`,
  holds: 'Open holds',
  billed: 'Billed',
  captured: 'Captured',
  refunded: 'Refunded',
  trial: 'Trial balance',
  columns: { account: 'Account', debit: 'Debit', credit: 'Credit', balance: 'Balance' },
  open: 'Open items',
  openColumns: { subject: 'Session', owed: 'Owed' },
  noneOpen: 'Nothing is owed.',
  empty: 'Nothing is in the books of this time.',
}

export const reconciliation = {
  title: 'Reconciliation',
  off: OFF,
  about: 'Our payments and the provider’s are compared, both ways.',
  run: 'Reconcile now',
  running: 'Comparing…',
  never: 'They were not compared yet.',
  last: (at: string, compared: number) => `Last compared ${at}: ${compared} ${compared === 1 ? 'payment' : 'payments'}`,
  well: 'There is no difference.',
  differences: (count: number) => `${count} ${count === 1 ? 'difference' : 'differences'}`,
  remedies: {
    look: 'The payment is looked up.', void: 'The hold is released.', tell: 'Somebody has to see to it.',
  } as Record<string, string>,
}
