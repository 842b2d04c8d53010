/** The words of the console in English. A second language is one more file of the type Texts. */
import type { Verb } from '../central/contract.ts'
import type { SessionView } from '../central/views.ts'
import type { Group } from '../panel/rules.ts'

/** What a problem is called by Central, where its sentence alone does not say what to do. */
export type ProblemCode =
  | 'unknown_point' | 'unknown_session' | 'unknown_site' | 'unknown_resource' | 'refused' | 'not_decided'

/** A sentence of the console about a problem; `detail` is Central's own, which ends with a full stop. */
type Sentence = (detail: string) => string

const verbs: Record<Verb, string> = {
  stop: 'Stop',
  resume: 'Resume',
  plug: 'Plug in',
  unplug: 'Unplug',
  fault: 'Cause a fault',
  recover: 'Recover',
}

const groups: Record<Group, string> = {
  all: 'Points',
  free: 'Free',
  waiting: 'Waiting',
  supplying: 'Charging',
  occupied: 'Occupied',
  stopped: 'Stopped',
  fault: 'Faulty',
  disconnected: 'Offline',
}

const statuses: Record<SessionView['status'], string> = {
  AUTHORISED: 'Waiting',
  SUPPLYING: 'Charging',
  IDLE: 'Idle',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  SUSPECT: 'Held',
}

const problems: Record<ProblemCode, Sentence> = {
  unknown_point: (detail) => `${detail} It may have been retired.`,
  unknown_session: (detail) => `${detail} Look for it in the list of sessions.`,
  unknown_site: (detail) => detail,
  unknown_resource: (detail) => detail,
  refused: (detail) => detail,
  not_decided: (detail) => `${detail} Try again.`,
}

export const en = {
  verbs,
  groups,
  problems,
  unreachable: 'Cannot reach Central.',
  notDone: 'Cannot reach Central, so nothing was done.',
  answeredWith: (status: number) => `Central answered with error ${status}.`,
  shell: {
    name: 'EV Charging',
    title: (page: string) => `${page} · EV Charging`,
    nav: 'Pages',
    theme: 'Theme',
    themes: { system: 'System', light: 'Light', dark: 'Dark' },
    retrying: 'Cannot reach Central, retrying',
    everyone: 'All charging points',
    stopAll: 'Stop all',
    resumeAll: 'Resume all',
    stopAllTitle: (points: number) => `Stop all ${points} charging points?`,
    stopAllText: (supplies: number) => {
      const ending = supplies === 1 ? '1 running supply ends' : `${supplies} running supplies end`
      return `${ending} now. Resume all brings the points back.`
    },
    retry: 'Try again',
  },
  unknownPage: {
    title: 'No such page',
    text: (page: string) => `There is no page “${page}” here:`,
    home: 'go to the charging points',
  },
  points: {
    title: 'Charging points',
    short: 'Points',
    sought: 'ID, location or driver',
    soughtLabel: 'Filter by ID, location or driver',
  },
  point: {
    idle: 'Idle',
    idleSince: (since: string, lasted: string) => `Since ${since}, ${lasted}`,
    occupied: 'Occupied',
    occupiedBy: 'The vehicle of the last charge is still plugged in',
    details: 'Details…',
    detailsOf: (id: string) => `${id} now`,
    power: 'Power now',
    atMost: 'Gives at most',
    limit: 'Limit',
    costSoFar: 'Cost so far',
    nobody: 'Nobody is charging here.',
    idleTime: 'Idle since',
    close: 'Close',
  },
  limit: {
    paused: 'nothing: paused',
    and: ' and ',
    kept: (limit: string) => `Limited to ${limit}`,
    unheard: (limit: string) => `Limit to ${limit}, not yet acknowledged`,
    set: (id: string, limit: string) => `${id} is limited to ${limit}.`,
    taken: (id: string) => `${id} has no limit any more.`,
    menu: 'Limit…',
    title: (id: string) => `Limit of ${id}`,
    now: (line: string) => `${line}.`,
    none: 'It has no limit.',
    most: 'At most',
    unit: 'Unit',
    units: { A: 'A on each phase', kW: 'kW in all' },
    help: 'It lasts until it is changed; a supply goes on under it. 0 pauses.',
    send: 'Set the limit',
    clear: 'No limit',
    cancel: 'Cancel',
  },
  sessions: {
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
  },
  session: {
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
    seePoint: (id: string) => `See ${id} as it is now`,
    ticket: 'Ticket',
    open: 'The ticket comes when the session has ended.',
    idle: 'The vehicle is still plugged in: the ticket comes once it has left.',
    unplugged: 'Plugged in until',
    held: 'The bill is held until somebody resolves it, above the charging points.',
    unbilled: 'There is no ticket: nothing was billed.',
    receipt: 'Receipt',
  },
  price: {
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
    },
    net: 'Net',
    vat: (rate: string) => `VAT ${rate}`,
    vatAlone: 'VAT',
    total: 'Total',
  },
  receipt: {
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
  },
}

export type Texts = typeof en
