/** The words about sites and where they are, in English. */

const points = (count: number) => (count === 1 ? '1 point' : `${count} points`)

export const sites = {
  title: 'Sites',
  one: (name: string) => `Site ${name}`,
  back: 'All sites',
  loading: 'Asking Central…',
  none: 'No point says at which site it is. A point is given a site when it is registered.',
  noneFound: 'No site has this in its ID, name or address.',
  search: 'ID, name or address',
  searchLabel: 'Search sites',
  sort: 'Order',
  orders: { id: 'ID', name: 'Name', points: 'Points', trouble: 'Trouble first', kwh: 'Energy', euros: 'Revenue' },
  more: (count: number) => `Show ${count} more`,
  noPoint: 'no point',
  points,
  waiting: (count: number) => (count === 1 ? '1 waits' : `${count} wait`),
  noPlace: 'not on the map',
  unknown: (id: string) => `Central knows no site ${id}.`,
}

export const map = {
  title: 'Map',
  region: 'Map of the sites',
  help: 'Arrow keys move the map, + and − change its size, 0 shows all sites. The list beside it has the same sites.',
  closer: 'Closer',
  farther: 'Farther',
  all: 'Show all sites',
  cluster: (count: number, trouble: string) => `${count} sites${trouble === '' ? '' : `, ${trouble}`}: look closer`,
  listed: 'Sites on the map',
  without: 'Sites without a place',
  withoutHint: 'Give a site its latitude and longitude on its page, and it is on the map.',
  nowhere: 'No site has a place yet.',
  nowhereHint: 'Open a site, choose “Describe this site”, and give its latitude and longitude.',
  old: (time: string) => `As of ${time}: Central is not heard of.`,
  data: 'Land: Natural Earth',
}

export const site = {
  describe: 'Describe this site',
  address: 'Address',
  coordinates: 'Place',
  noAddress: 'none yet',
  showOnMap: 'Show on the map',
  zone: 'Time zone',
  noZone: 'none yet',
  tariff: 'Tariff',
  noTariff: 'none: points charge by their own price',
  points: 'Points',
  allPoints: 'List the points',
  billed: 'Billed so far',
  sessions: (count: number) => (count === 1 ? '1 session' : `${count} sessions`),
  form: {
    name: 'Name',
    address: 'Address',
    latitude: 'Latitude',
    longitude: 'Longitude',
    hint: 'Degrees, such as 40.4168 and -3.7038. Both are empty, or neither.',
    zone: 'Time zone',
    zoneHint: 'Such as Europe/Madrid',
    save: 'Save',
    cancel: 'Cancel',
    bothOrNone: 'Latitude and longitude belong together: give both, or neither.',
    badLatitude: 'Latitude is a number from -90 to 90.',
    badLongitude: 'Longitude is a number from -180 to 180.',
    done: (id: string) => `${id} is described.`,
  },
}

export const queue = {
  title: (count: number) => (count === 0 ? 'Queue' : `Queue: ${sites.waiting(count)}`),
  none: 'Nobody waits here.',
  since: (moment: string, lasted: string) => `since ${moment}, for ${lasted}`,
  anyAmount: 'no amount named',
  waits: 'waits for a point',
  holding: (id: string) => `${id} is about to be kept`,
  offered: (id: string, until: string) => `${id} is kept until ${until}`,
  starting: (id: string) => `${id} begins`,
  remove: 'Take out',
  removeOf: (driver: string) => `Take ${driver} out of the queue`,
  sure: (driver: string) => `Take ${driver} out of the queue?`,
  sureText: 'The driver hears that an operator did it, and a point that was kept goes to the next.',
  removed: (driver: string) => `${driver} is out of the queue`,
}

export const plan = {
  title: 'Plan',
  none: 'There is no plan of this site yet.',
  empty: 'No point stands in the plan.',
  begin: 'Draw a plan',
  edit: 'Change the plan',
  save: 'Save the plan',
  cancel: 'Cancel',
  rows: 'Arrange in rows',
  saved: (id: string) => `The plan of ${id} is saved.`,
  help: 'Drag a point, or move it with the arrow keys (with Shift by 5 m). R turns it, Delete takes it out of the plan.',
  unplaced: 'Not in the plan',
  place: (id: string) => `Place ${id}`,
  turn: (id: string) => `Turn ${id}`,
  takeOut: (id: string) => `Take ${id} out`,
  elsewhere: (ids: string) => `In the plan and not at this site: ${ids}`,
  standsAt: (id: string, x: string, y: string, angle: number) => `${id}: ${x} m right, ${y} m down, turned ${angle}°`,
  takenOut: (id: string) => `${id} is taken out of the plan.`,
  unknown: 'not at this site',
}

const reasons: Record<string, string> = {}

export const power = {
  title: 'Power',
  strategies: {
    equal: 'Shared equally',
    fcfs: 'First come, first served',
    edf: 'First who leaves first',
    llf: 'First who has the least time to lose',
    priority: 'By priority classes',
  },
  fedBy: (parent: string) => `fed by ${parent}`,
  carries: (drawn: string, limit: string) => `${drawn} A of ${limit} A on each phase`,
  draws: (drawn: string, granted: string, wanted: string) => `draws ${drawn} A, is granted ${granted} A, wants ${wanted} A`,
  why: (reason: string) => reasons[reason] ?? reason,
}
