/** The words of the overview and of charts, in English. */

export const overview = {
  title: 'Overview',
  before: { '24h': 'the 24 hours before', '7d': 'the 7 days before', '30d': 'the 30 days before' },
  attention: 'Needs attention',
  allWell: 'Nothing: no point is faulty, offline or stopped, and no bill is held.',
  troubles: {
    alerts: (count: number) => `${count} ${count === 1 ? 'alert is' : 'alerts are'} open`,
    fault: (count: number) => `${count} ${count === 1 ? 'point is' : 'points are'} faulty`,
    disconnected: (count: number) => `${count} ${count === 1 ? 'point is' : 'points are'} offline`,
    held: (count: number) => `${count} ${count === 1 ? 'bill is' : 'bills are'} held`,
    stopped: (count: number) => `${count} ${count === 1 ? 'point is' : 'points are'} stopped`,
  },
  energy: 'Energy billed',
  revenue: 'Revenue',
  sessions: 'Sessions ended',
  now: 'Power now',
  charging: (supplying: number, free: number) => `${supplying} charging, ${free} free`,
  compared: (percent: number, was: string, before: string) =>
    percent === 0
      ? `As much as in ${before}: ${was}`
      : `${Math.abs(percent)} % ${percent > 0 ? 'more' : 'less'} than in ${before}: ${was}`,
  nothingBefore: (before: string) => `Nothing in ${before}`,
  revenueOf: { minute: 'Revenue a minute, €', hour: 'Revenue an hour, €', day: 'Revenue a day, €' },
  loading: 'Reading the figures…',
}

export const range = {
  title: 'Time',
  names: { '24h': '24 hours', '7d': '7 days', '30d': '30 days' },
}

export const chart = {
  time: 'Time',
  power: 'Power, kW',
  energyOf: { minute: 'Energy a minute, kWh', hour: 'Energy an hour, kWh', day: 'Energy a day, kWh' },
  table: 'As a table',
  from: 'From',
  nothing: 'Nothing in this time.',
}
