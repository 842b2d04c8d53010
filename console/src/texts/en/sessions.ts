/** The words about sessions and what they cost, in English. */
import type { SessionView } from '../../central/views.ts'

const statuses: Record<SessionView['status'], string> = {
  HOLDING: 'Waiting for money',
  AUTHORISED: 'Waiting',
  SUPPLYING: 'Charging',
  IDLE: 'Idle',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  SUSPECT: 'Held',
}

export const sessions = {
  title: 'Sessions',
  statuses,
  sought: 'ID, point or driver',
  soughtLabel: 'Search by ID, point or driver',
  anyStatus: 'Any status',
  status: 'Status',
  from: 'From',
  to: 'To',
  columns: {
    started: 'Started', point: 'Point', driver: 'Driver', status: 'Status', kwh: 'kWh', euros: 'EUR', lasted: 'Duration',
  },
  one: (id: string) => `Session ${id}`,
  loading: 'Asking Central…',
  none: 'No session has been authorised yet.',
  noMatch: 'No session matches.',
  notYet: 'None of the newest sessions matches.',
  showAll: 'Show all',
  more: 'Show more',
  further: 'Search further back',
  back: 'All sessions',
}

export const session = {
  point: 'Charging point',
  driver: 'Driver',
  asked: 'Asked for',
  started: 'Started',
  ended: 'Ended',
  lasted: 'Duration',
  energy: 'Energy',
  price: 'Price',
  cost: 'Cost',
  tariff: 'Tariff',
  registers: 'Register',
  how: 'How it ended',
  resolved: 'Resolved',
  resolvedBy: (by: string, at: string, note: string) => `By ${by}, ${at}: ${note}`,
  request: 'Request',
  fromTo: (first: string, last: string) => `${first} to ${last}`,
  supplied: 'Energy so far, kWh',
  seePoint: (id: string) => `See ${id} as it is now`,
  ticket: 'Ticket',
  open: 'The ticket comes when the session has ended.',
  idle: 'The vehicle is still plugged in: the ticket comes once it has left.',
  unplugged: 'Plugged in until',
  held: 'The bill is held until somebody resolves it, above the charging points.',
  unbilled: 'There is no ticket: nothing was billed.',
  receipt: 'Receipt',
  payment: 'Payment',
}

/** Bills that wait for an operator. */
export const held = {
  title: (count: number) => `Held bills (${count})`,
  one: (session: string) => `Held bill of ${session}`,
  notBillable: 'cannot be billed',
  wouldBe: (euros: string) => `would be ${euros}`,
  byTariff: (tariff: string) => `would be by the tariff ${tariff}`,
  resolve: 'Resolve',
  resolveOne: (session: string) => `Resolve ${session}`,
}

export const resolving = {
  title: (session: string) => `Resolve ${session}?`,
  what: 'What it delivered',
  accept: (energy: string) => `Accept the engine’s figures: ${energy}`,
  other: 'Other energy',
  nothing: 'Nothing',
  why: 'Why',
  billed: (euros: string) => `The driver is billed ${euros}. This cannot be changed afterwards.`,
  billedBy: (tariff: string) => `The driver is billed by the tariff ${tariff}. This cannot be changed afterwards.`,
  send: 'Resolve',
  done: (session: string) => `${session} is resolved.`,
}

export const price = {
  euros: (amount: string) => `€\u202f${amount}`,
  caption: 'What the price is made of',
  what: 'What',
  quantity: 'Quantity',
  unit: 'Unit price',
  amount: 'Amount',
  components: {
    session: 'Session fee',
    energy: 'Energy',
    charging_time: 'Charging time',
    idle_time: 'Idle time',
    idle_cap: 'Idle time costs no more',
    least_total: 'Least total',
    most_total: 'Greatest total',
    late_cancel: 'Reservation cancelled late',
    no_show: 'Reservation not used',
  },
  net: 'Net',
  vat: (rate: string) => `VAT ${rate}`,
  vatAlone: 'VAT',
  total: 'Total',
}

export const receipt = {
  title: 'Receipt',
  session: 'Session',
  location: 'Location',
  station: 'Station',
  site: 'Site',
  print: 'Print',
  page: 'As a page',
  charged: 'Charged',
  none: 'This session has no ticket.',
  back: (id: string) => `Session ${id}`,
}
