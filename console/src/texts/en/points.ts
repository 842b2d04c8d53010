/** The words about points, in English. */
import type { Verb } from '../../central/contract.ts'
import type { Group } from '../../panel/rules.ts'

export const verbs: Record<Verb, string> = {
  stop: 'Stop',
  resume: 'Resume',
  plug: 'Plug in',
  unplug: 'Unplug',
  fault: 'Cause a fault',
  recover: 'Recover',
}

export const groups: Record<Group, string> = {
  all: 'Points',
  free: 'Free',
  waiting: 'Waiting',
  supplying: 'Charging',
  occupied: 'Occupied',
  stopped: 'Stopped',
  fault: 'Faulty',
  disconnected: 'Offline',
  unknown: 'Unknown',
}

/** What is asked before an order, and said after it. */
export const orders = {
  one: (verb: Verb, id: string) => `${verbs[verb]} ${id}`,
  all: (verb: 'stop' | 'resume') => `${verbs[verb]} all`,
  more: (id: string) => `More orders for ${id}`,
  moreOfNone: 'More orders for a point',
  sureStop: (id: string) => `Stop ${id}?`,
  stopText: (driver: string) => `${driver} is charging there: the supply ends now, and is billed.`,
  stopAfter: 'Stop after this supply',
  stopsAfter: (id: string) => `${id} is stopped once its supply has ended.`,
  keep: 'Keep in service',
  keepOne: (id: string) => `Keep ${id} in service`,
  retire: 'Retire…',
  sureRetire: (id: string) => `Retire ${id}?`,
  retireText:
    'It leaves the network. A supply that runs there ends now, and is billed. Its sessions, tickets and messages stay.',
  retireOne: (id: string) => `Retire ${id}`,
  retired: (id: string) => `${id} is retired.`,
  done: (what: string, points: number) => `${what}: done at ${counted(points)}.`,
  partly: (what: string, points: number, where: string, why: string) => `${what}: done at ${counted(points)}, not at ${where}: ${why}`,
  andMore: (id: string, others: number) => `${id} and ${others} more`,
}

function counted(points: number): string {
  return points === 1 ? '1 point' : `${points} points`
}

export const points = {
  title: 'Charging points',
  short: 'Points',
  sought: 'ID, location or driver',
  soughtLabel: 'Filter by ID, location or driver',
  waiting: 'Waiting for Central…',
  none: 'No charging point has registered yet.',
  noMatch: 'No charging point matches.',
  showAll: 'Show all',
  summary: 'Summary; choose which charging points to show',
  onThisPage: 'On this page',
  requests: (count: number) => `Requests (${count})`,
  messages: 'Messages',
  view: 'View',
  views: { cards: 'Cards', table: 'Table', wall: 'Wall' },
  export: 'Save as CSV',
  table: {
    columns: {
      id: 'ID', state: 'State', since: 'Since', location: 'Location', driver: 'Driver', price: 'Price', seen: 'Last seen',
      kw: 'kW', kwh: 'kWh', euros: 'Cost',
    },
    orders: 'Orders',
    choose: (id: string) => `Choose ${id}`,
    chooseAll: 'Choose all that are listed',
    more: (id: string) => `More orders for ${id}`,
  },
  chosen: {
    title: 'Chosen points',
    count: (count: number) => (count === 1 ? '1 point is chosen' : `${count} points are chosen`),
    none: 'Choose none',
    stopTitle: (count: number) => (count === 1 ? 'Stop 1 charging point?' : `Stop ${count} charging points?`),
    progress: (done: number, all: number) => `${done} of ${all}`,
  },
  wall: { title: 'Wall', leave: 'Leave the wall' },
}

export const requests = {
  title: 'On-going requests',
  columns: { date: 'Date', start: 'Start', driver: 'Driver', point: 'Point' },
  waiting: 'waiting',
  holding: 'waiting for money',
  none: 'Nobody is charging or waiting.',
  more: (all: number) => `All ${all}, in the list of sessions`,
}

export const newPoint = {
  title: 'Add point',
  fields: { cp_id: 'ID', location: 'Location', site_id: 'Site', euros_per_kwh: 'Price, € a kWh' },
  hints: {
    cp_id: 'Needed, such as CP-001; it never changes',
    location: 'Where drivers find it',
    site_id: 'The ID of its site, if it belongs to one',
    euros_per_kwh: 'Empty: as its engine says',
  },
  notTaken: (why: string) => why,
  badPrice: 'A price is a number of euros from 0 to 1000 with up to six decimals, or empty.',
  taken: (id: string) => `There is a point ${id} already.`,
  send: 'Add',
  added: (id: string) => `${id} is added.`,
  start: (id: string) => `Start ${id}`,
  startText: 'It is offline until both of its programs run, each in a terminal of its own. The engine needs the Kafka that Central uses, and a port that is free.',
  engine: 'Engine',
  monitor: 'Monitor',
}

export const label = {
  open: 'QR code',
  leads: (id: string) => `QR code that leads to the page of ${id}`,
  here: 'This address works on this machine alone. Open the console by the name that others use, and print that label.',
  print: 'Print the label',
}

export const point = {
  one: (id: string) => `Charging point ${id}`,
  was: (state: string) => `Was ${state.toLowerCase()}`,
  stopped: 'Stopped',
  stoppedSince: (since: string) => `By an operator since ${since}`,
  finishing: 'Stops after this supply',
  noReason: 'no reason was given',
  since: (since: string) => `Since ${since}`,
  lastSeen: (time: string) => `Last seen ${time}`,
  neverSeen: 'Never seen',
  driver: 'Driver',
  waitingFor: 'Waiting for',
  holdingFor: 'Waiting for the payment of',
  plugged: 'Plugged in',
  notPlugged: 'Not plugged in yet',
  unknownNow: 'Not known now',
  free: 'Free',
  upTo: (kw: string) => `Up to ${kw} kW`,
  upToPlugged: (kw: string) => `Up to ${kw} kW, plugged in`,
  soFar: (kwh: string, euros: string) => `${kwh} kWh, ${euros} so far`,
  cost: 'Cost',
  idle: 'Idle',
  idleSince: (since: string, lasted: string) => `Since ${since}, ${lasted}`,
  held: 'Kept',
  heldUntil: (until: string) => `For a driver in the queue, until ${until}`,
  reservedFrom: (from: string) => `Reserved from ${from}`,
  occupied: 'Occupied',
  occupiedBy: 'The vehicle of the last charge is still plugged in',
  details: 'Details…',
  factsOf: (id: string) => `${id} now`,
  back: 'All charging points',
  unknown: (id: string) => `There is no charging point ${id}. It may have been retired: its sessions stay.`,
  sessions: 'Newest sessions',
  allSessions: (id: string) => `All sessions of ${id}`,
  noSession: 'There was no session yet.',
  power: 'Power now',
  atMost: 'Gives at most',
  limit: 'Limit',
  costSoFar: 'Cost so far',
  nobody: 'Nobody is charging here.',
  idleTime: 'Idle since',
  close: 'Close',
  unknownThen: 'Nobody knows',
  unknownThenText: 'The ledger does not say how it was then.',
  factsThen: (id: string) => `${id} then`,
  powerThen: 'Power',
}

export const limit = {
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
}
