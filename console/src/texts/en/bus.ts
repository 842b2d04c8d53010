/** The words of the page of the bus, in English. */
import type { BusMessageView } from '../../central/views.ts'
import type { BusViewId } from '../../pages/bus/message.ts'
import type { BusStatus } from '../../pages/bus/watch.ts'

const views: Record<BusViewId, string> = { tail: 'Live', unreadable: 'Set aside' }

const statuses: Record<BusStatus, string> = {
  connecting: 'Connecting…',
  live: 'Live: what passes from now on.',
  lost: 'The link to Central is lost; trying again.',
}

const seals: Record<BusMessageView['seal'], string> = {
  none: 'none',
  holds: 'holds',
  broken: 'does not hold',
  unchecked: 'there, and not looked at',
}

const asked: Record<string, string> = {
  points: 'Point',
  sessions: 'Session',
  requests: 'Request',
  drivers: 'Driver',
  sites: 'Site',
  tariffs: 'Tariff',
  alerts: 'Alert',
}

export const bus = {
  title: 'Bus',
  view: 'What is seen',
  views,
  statuses,
  paused: 'Paused: nothing comes in until you go on.',
  pause: 'Pause',
  resume: 'Go on',
  topics: 'Topics',
  columns: { topic: 'Topic', rate: 'A second', behind: 'Behind' },
  rateHint: 'Messages a second, of the last 10\u202fs',
  behindHint: 'Messages before the reader of this Central that is the furthest behind',
  key: (name: string) => `Key: ${name}`,
  anyTopic: 'All topics',
  sought: 'Point, driver, session or kind',
  soughtLabel: 'Filter by ID or kind of message',
  leftOut: (count: number, shown: string) =>
    `${shown} ${count === 1 ? 'message' : 'messages'} left out: at most 50 are shown in a second.`,
  none: 'Nothing has passed since this page was opened.',
  noMatch: 'Nothing that matches has passed since.',
  showAll: 'Show all',
  list: 'Messages, the newest first',
  refused: 'Set aside',
  where: (partition: number, offset: number | null) =>
    offset === null ? `Partition ${partition}` : `Partition ${partition}, offset ${offset}`,
  frames: 'TCP frames',
  frame: (isSent: boolean): string => (isSent ? 'Frame sent' : 'Frame received'),
  frameWith: (peer: string, isSent: boolean): string =>
    isSent ? `Frame sent to ${peer}` : `Frame received from ${peer}`,
  facts: {
    topic: 'Topic',
    link: 'Link',
    where: 'Where',
    key: 'Key',
    seen: 'Seen',
    size: 'Size',
    seal: 'Seal',
    refusal: 'Set aside',
  },
  bytes: (count: string) => `${count}\u202fbytes`,
  seals,
  fields: 'Field by field',
  fieldColumns: { field: 'Field', value: 'Value', what: 'What it is' },
  unknownField: 'No field of this message: it is read over',
  inUnit: (unit: string, what: string) => `${unit}; ${what}`,
  cut: 'Only its beginning is shown.',
  json: 'The message as JSON',
  asked,
  curlOf: (what: string, id: string) => `${what} ${id} as curl`,
  again: 'Ask again',
  tokenHint: 'TOKEN is a machine key, or an access token.',
  setAsideAbout:
    'Messages that this Central could not read, or whose sender it does not believe, since it began: the newest 100.',
  noneSetAside: 'This Central has set nothing aside since it began.',
  moreSetAside: (shown: string, all: string) => `The newest ${shown} of ${all}.`,
}
