/** The words of the lab, in English. */
import type { Deed, PartKind } from '../../central/lab.ts'
import type { PartState } from '../../central/views.ts'

const states: Record<PartState, string> = { running: 'Runs', killed: 'Killed', cut: 'Cut', lost: 'Not open' }

const deeds: Record<Deed, string> = { kill: 'Kill', restart: 'Restart', cut: 'Cut', restore: 'Restore' }

const kinds: Record<PartKind, string> = { engines: 'Engine', monitors: 'Monitor', links: 'Link', drivers: 'Driver' }

const scenarios: Record<string, [title: string, text: string]> = {
  'busy-evening': [
    'A busy evening',
    'Twice as many drivers as there are points, at most 200, ask every 2\u202fs. After 60\u202fs they leave.',
  ],
  'site-offline': [
    'A site loses its network',
    'The links of the first site to Central are cut for 30\u202fs. Without sites, it is the first half of the points.',
  ],
  'central-dies': ['Central dies', 'Central is killed. After 10\u202fs it begins again from its ledger.'],
  'engines-die': [
    'Engines die during a charge',
    'A quarter of the engines, first those that supply, are killed. After 10\u202fs they begin again from their journal.',
  ],
  faults: ['Faults', 'Every tenth engine reports a fault. After 20\u202fs they are repaired.'],
  'worst-day': [
    'All of it at once',
    'Drivers come, a site loses its network, engines die, and Central dies. Then everything comes back.',
  ],
}

export const lab = {
  title: 'Lab',
  mark: 'Simulation',
  about: 'All points, vehicles and drivers here are simulated. Nothing on this page touches a real charging station.',
  speed: (times: string) => `Time passes ${times}× as fast as on a clock.`,
  reading: 'Asking Central…',
  states,
  deeds,
  ofOne: (deed: string, part: string, id: string) => `${deed}: ${part} of ${id}`,
  ofDriver: (deed: string, id: string) => `${deed} ${id}`,
  counts: { points: 'Points', drivers: 'Drivers', away: 'Parts away' },
  central: {
    title: 'Central',
    text: 'Killed, Central loses its memory and the links of all monitors, and decides nothing. It begins again from its ledger.',
    dead: 'Central is dead. What this page and the others show is what it said last.',
    kill: 'Kill Central',
    restart: 'Restart Central',
    sure: 'Kill Central?',
  },
  sureText: (supplies: number) =>
    supplies === 1 ? 'This may end the supply that is running.' : `This may end the ${supplies} supplies that are running.`,
  sureOf: (deed: string, part: string, id: string) => `${deed} the ${part} of ${id}?`,
  scenarios: {
    title: 'Scenarios',
    list: scenarios,
    lasts: (seconds: string) => `Takes ${seconds}\u202fs`,
    play: 'Play',
    playOne: (title: string) => `Play: ${title}`,
    sure: (title: string) => `Play: ${title}?`,
    end: 'End it now',
    progress: (title: string) => `Progress of: ${title}`,
    step: (step: number, steps: number, left: string) => `Step ${step} of ${steps}, ${left}\u202fs left`,
  },
  add: {
    points: 'Add points',
    drivers: 'Add drivers',
    count: 'How many',
    site: 'Site',
    siteHint: 'Empty: none',
    kw: 'Power (kW)',
    price: 'Price (€/kWh)',
    asStarted: 'Empty: as this network was started',
    interval: 'Pause between (s)',
    point: 'Only at this point',
    pointHint: 'Empty: at any free point',
    sendPoints: 'Add the points',
    sendDrivers: 'Add the drivers',
    addedPoints: (count: number, first: string) => `${count === 1 ? '1 point is' : `${count} points are`} added, from ${first}.`,
    addedDrivers: (count: number, first: string) => `${count === 1 ? '1 driver is' : `${count} drivers are`} added, from ${first}.`,
    stays: 'They run until this network stops.',
  },
  parts: {
    points: 'Points of this network',
    drivers: 'Drivers of this network',
    sought: 'ID',
    soughtPoint: 'Filter points by ID',
    soughtDriver: 'Filter drivers by ID',
    none: 'No part matches.',
    more: 'Show more',
    columns: { point: 'Point', state: 'Central shows', engine: 'Engine', monitor: 'Monitor', link: 'Link to Central', hand: 'At the point' },
    driverColumns: { driver: 'Driver', state: 'State', asks: 'Asks for', act: 'Action' },
    kinds,
    unknown: 'Not known yet',
    nothing: 'Nothing now',
  },
  hand: {
    fault: 'Break',
    recover: 'Repair',
    vehicle: 'Vehicle',
    unplug: 'Unplug',
    ofOne: (act: string, id: string) => `${act}: ${id}`,
    sure: (act: string, id: string) => `${act}: ${id}?`,
  },
  vehicle: {
    title: (id: string) => `A vehicle at ${id}`,
    battery: 'Battery (kWh)',
    charge: 'State of charge (%)',
    kw: 'Takes at most (kW)',
    plug: 'Plug it in',
    next: 'Let it come next',
    nextHint: 'A supply is running: this vehicle comes with the next one.',
    plugged: (id: string) => `The vehicle is plugged in at ${id}.`,
    comes: (id: string) => `The vehicle comes to ${id} with the next supply.`,
  },
}
