/** The words of how points were and when they are used, in English. */
import type { PastState, WeekHourView } from '../../central/views.ts'

const states: Record<PastState, string> = {
  free: 'Free',
  charging: 'Charging',
  occupied: 'Occupied',
  stopped: 'Stopped',
  faulty: 'Faulty',
  offline: 'Offline',
  unknown: 'Unknown',
}

const days: Record<WeekHourView['weekday'], string> = {
  MONDAY: 'Mon',
  TUESDAY: 'Tue',
  WEDNESDAY: 'Wed',
  THURSDAY: 'Thu',
  FRIDAY: 'Fri',
  SATURDAY: 'Sat',
  SUNDAY: 'Sun',
}

export const past = {
  ribbon: {
    title: 'States',
    states,
    columns: { from: 'From', state: 'State', lasted: 'Lasted' },
    available: (uptime: string, charging: string) => `Available ${uptime}, charging ${charging}`,
    ofKnown: (known: string) => `of the ${known} that are known`,
    notKnown: 'The ledger does not say how it was in this time.',
    coarse: 'It changed too often to show each time: every part has the state that lasted longest in it.',
    span: (state: string, from: string, to: string, lasted: string) => `${state} from ${from} to ${to}, ${lasted}`,
    newest: (count: number) => `The newest ${count}.`,
  },
  week: {
    power: 'Mean power by hour of the week',
    share: 'Time in which it supplied, by hour of the week',
    utc: 'Hours are in UTC. Energy counts once its session is billed.',
    shareUtc: 'Hours are in UTC.',
    days,
    hour: (hour: number) => `${String(hour).padStart(2, '0')}:00`,
    cell: (day: string, hour: string, value: string) => `${day} ${hour}: ${value}`,
    noHour: 'not in this time',
    busiest: (cell: string) => `Most on ${cell}`,
    nothing: 'Nothing in this time.',
  },
}
