/** The words about alerts, in English. */
import type { AlertRuleView, AlertView, DeliveryView } from '../../central/views.ts'

const states: Record<AlertView['state'], string> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  closed: 'Closed',
}

const rules: Record<AlertView['rule'], string> = {
  fault: 'Fault',
  offline: 'Offline',
  unannounced: 'Engine not announced',
  no_readings: 'No readings',
  limit_not_kept: 'Limit not acknowledged',
  overload: 'Overload',
  idle_long: 'Vehicle stays',
  reserved_in_vain: 'Reserved, and cannot serve',
  bill_held: 'Bill held',
  capture_waits: 'Capture waits',
  payment_difference: 'Payment differs',
}

const severities: Record<AlertView['severity'], string> = { error: 'Error', warning: 'Warning' }

const deliveryStates: Record<DeliveryView['state'], string> = {
  pending: 'Waits',
  delivered: 'Delivered',
  given_up: 'Given up',
  dropped: 'Dropped',
}

const events: Record<string, string> = {
  'alert.opened': 'Opened',
  'alert.acknowledged': 'Acknowledged',
  'alert.closed': 'Closed',
  'webhook.test': 'Test',
}

const webhooks = {
  title: 'Webhooks',
  text: 'These addresses are told when an alert opens, is acknowledged or closes.',
  none: 'Nobody is told of alerts yet.',
  add: 'Add a webhook',
  url: 'Address',
  rules: 'Of which rules',
  rulesHint: 'None chosen: of all',
  all: 'All rules',
  send: 'Add the webhook',
  once: (url: string) => `The secret of ${url}`,
  onceText: 'It is shown now and never again. What comes is signed with it, as Standard Webhooks says.',
  disabled: 'Disabled',
  active: 'Active',
  enable: 'Enable',
  disable: 'Disable',
  test: 'Test',
  tested: (url: string) => `${url} is being told.`,
  remove: 'Remove',
  ofOne: (verb: string, url: string) => `${verb} ${url}`,
  sure: (url: string) => `Remove ${url}?`,
  sureText: 'It is told nothing more, and what waits for it is dropped. Its secret is lost.',
  removed: (url: string) => `${url} is removed.`,
  newest: 'Newest deliveries',
  untold: 'It was told nothing yet.',
  attempts: (count: number) => (count === 1 ? '1 attempt' : `${count} attempts`),
  answered: (status: number) => `answered ${status}`,
  again: (moment: string) => `next at ${moment}`,
  states: deliveryStates,
  events,
}

export const alerts = {
  webhooks,
  title: 'Alerts',
  states,
  rules,
  severities,
  wanted: { unclosed: 'Open and acknowledged', all: 'All' },
  state: 'State',
  rule: 'Rule',
  anyRule: 'Every rule',
  sought: 'Point or text',
  soughtLabel: 'Filter by point or text',
  none: 'Nothing needs anybody: no alert is open.',
  noMatch: 'No alert matches.',
  usual: 'Show what is open',
  since: (moment: string) => `since ${moment}`,
  closed: (moment: string) => `closed ${moment}`,
  seen: (who: string, moment: string) => `Acknowledged by ${who}, ${moment}`,
  somebody: 'somebody',
  session: 'Session',
  acknowledge: 'Acknowledge',
  acknowledgeOf: (text: string) => `Acknowledge: ${text}`,
  note: 'Note',
  noteHint: 'May be empty. Others see it with the alert.',
  send: 'Acknowledge',
  done: (text: string) => `Acknowledged: ${text}.`,
  rulesTitle: 'Rules',
  rulesText: 'An alert opens once this has been so for the time that is named, and closes by itself.',
  columns: { rule: 'Rule', severity: 'Severity', opens: 'Opens', closes: 'Closes when' },
}

/** What is said of one alert, and of one rule: in English, what Central says. */
export const alert = {
  said: ({ text }: Pick<AlertView, 'rule' | 'cp_id' | 'session_id' | 'text'>) => text,
  closes: ({ closes }: Pick<AlertRuleView, 'rule' | 'closes'>) => closes,
  after: ({ after_s }: Pick<AlertRuleView, 'after_s'>) => (after_s === 0 ? 'At once' : `After ${spanText(after_s)}`),
}

function spanText(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}\u202fmin` : `${seconds}\u202fs`
}
