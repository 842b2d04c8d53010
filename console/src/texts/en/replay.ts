/** The words of a replay, in English. */
import type { IncidentView } from '../../central/views.ts'

const kinds: Record<IncidentView['kind'], string> = {
  fault: 'Fault',
  offline: 'Offline',
  alert: 'Alert',
  bill_held: 'Bill held',
  central_began: 'Central started',
}

export const replay = {
  title: 'Replay',
  wall: 'Replay on a wall',
  at: (time: string) => `Replay: ${time}`,
  controls: 'Replay',
  slider: 'Moment',
  play: 'Play',
  pause: 'Pause',
  speed: 'Speed',
  span: 'Time on the slider',
  spans: { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 days' },
  previous: 'Previous incident',
  next: 'Next incident',
  noPrevious: 'There is no incident in the 31 days before.',
  noNext: 'There is no incident after this.',
  live: 'Go live',
  loading: 'Reading the ledger…',
  kinds,
  incidents: (count: number) => (count === 1 ? '1 incident on the slider' : `${count} incidents on the slider`),
  mostIncidents: 'The first 500 are shown.',
  noIncident: 'No incident on the slider.',
  note: 'From the ledger. Between two readings energy and cost grow evenly, and kW is their mean; what nobody knows is –.',
  badMoment: 'The address names no moment; this is the newest one.',
  asItWas: (time: string) => `As it was at ${time}`,
  asItWasThen: 'As it was then',
  seeNow: (id: string) => `${id} now`,
  back: 'All charging points then',
  unknown: (id: string) => `${id} was not in the network then.`,
}
