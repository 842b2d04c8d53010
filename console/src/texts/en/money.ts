/** The words of the page of money, and of exports, in English. */
import type { By } from '../../central/views.ts'
import type { TimeId } from '../../pages/money/time.ts'

const times: Record<TimeId, string> = {
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  month: 'This month',
  'last-month': 'Last month',
}

const ways: Record<By, string> = { site: 'Site', tariff: 'Tariff', point: 'Point', driver: 'Driver', day: 'Day' }

/** What a group is called that has no value. */
const without: Record<By, string> = {
  site: 'Without a site',
  tariff: 'Single prices',
  point: 'Without a point',
  driver: 'Without a driver',
  day: 'Without a day',
}

export const money = {
  title: 'Money',
  loading: 'Adding up…',
  time: 'Time',
  times,
  from: 'From',
  to: 'To',
  days: (first: string, last: string) => `${first} to ${last}, by days in UTC`,
  hours: (from: string, to: string) => `${from} to ${to}, by hours in UTC`,
  revenue: 'Revenue with VAT',
  vat: (net: string, vat: string) => `Net ${net} and VAT ${vat}`,
  partlyVat: (net: string, vat: string, of: string) => `Net ${net} and VAT ${vat} of ${of}; the rest says no VAT`,
  noVat: 'No bill says its VAT',
  energy: 'Energy billed',
  sessions: 'Sessions billed',
  average: (euros: string) => `${euros} each`,
  perKwh: (price: string) => `${price} on average`,
  held: 'Held',
  heldBills: (count: number) => `${count} ${count === 1 ? 'bill' : 'bills'} in doubt, of any time`,
  noneHeld: 'No bill is held',
  by: 'Revenue by',
  ways,
  without,
  columns: { sessions: 'Sessions', kwh: 'kWh', net: 'Net', vat: 'VAT', euros: 'EUR', share: 'Share' },
  nothing: 'Nothing was billed in this time.',
  moreGroups: (shown: number, all: number) => `The first ${shown} of ${all}, those with the most money.`,
  energyWhenFlowed: 'Energy counts when it flowed, money when its session ended.',
  energyWhenEnded: 'Energy and money count when their session ended.',
  tickets: 'Newest tickets',
  allTickets: 'All sessions of this time',
  ticketColumns: { ended: 'Ended', session: 'Session', point: 'Point', driver: 'Driver', kwh: 'kWh', euros: 'EUR' },
  receipt: 'Receipt',
  receiptOf: (id: string) => `Receipt of ${id}`,
  exports: 'Export',
  exported: { sessions: 'Sessions', tickets: 'Tickets' },
  file: (kind: string, form: string) => `${kind} as ${form}`,
  audit: {
    title: 'Books',
    about: 'An audit checks every hash, table and bill of the ledger against its facts. It changes nothing.',
    run: 'Run an audit',
    running: (since: string) => `Running since ${since}`,
    progress: (percent: number) => `${percent}\u202f% of the ledger is read`,
    well: 'All is well: there is no difference.',
    differences: (count: number) => `${count} ${count === 1 ? 'difference' : 'differences'}`,
    more: (count: number) => `… and ${count} more; the command \`evcharging audit\` tells them.`,
    seen: (facts: string, sessions: string, bills: string, euros: string) =>
      `${facts} facts, ${sessions} sessions and ${bills} bills of ${euros}`,
    last: (at: string) => `Last audit: ${at}`,
  },
}
