/** The pages of the console: the rail and the view follow from this list. */
import type { Component } from 'svelte'
import type { Permission } from '../central/access.ts'
import type { HeldBill, Resolution } from '../central/contract.ts'
import Alerts from '../pages/Alerts.svelte'
import Audit from '../pages/Audit.svelte'
import Books from '../pages/Books.svelte'
import Bus from '../pages/Bus.svelte'
import Keys from '../pages/Keys.svelte'
import SiteMap from '../pages/Map.svelte'
import Lab from '../pages/Lab.svelte'
import Money from '../pages/Money.svelte'
import Overview from '../pages/Overview.svelte'
import Payments from '../pages/Payments.svelte'
import People from '../pages/People.svelte'
import Points from '../pages/Points.svelte'
import Reconciliation from '../pages/Reconciliation.svelte'
import Replay from '../pages/Replay.svelte'
import Reservations from '../pages/Reservations.svelte'
import Sessions from '../pages/Sessions.svelte'
import Settings from '../pages/Settings.svelte'
import Sites from '../pages/Sites.svelte'
import Tariffs from '../pages/Tariffs.svelte'
import Wall from '../pages/Wall.svelte'
import type { Panel } from '../panel/panel.svelte.ts'
import type { Question } from '../parts/Confirmation.svelte'
import { texts } from '../texts/index.ts'
import { REPLAY, REPLAY_WALL } from './past.ts'

/** What the shell gives to whichever page is seen. */
export interface PageProps {
  panel: Panel
  /** Put a question in the way; true only if it is answered with yes. */
  confirm: (question: Question) => Promise<boolean>
  /** Ask what a held bill is resolved with; null if it is not. */
  askResolution: (bill: HeldBill) => Promise<Resolution | null>
}

export interface Page {
  id: string
  /** What the window is called. */
  title: string
  /** What the rail says. */
  short: string
  /** The shape of the icon, on a field of 16 by 16. */
  icon: string
  /** What one may do who sees it. */
  needs: Permission
  /** The page below whose entry in the rail it is found. */
  under?: string
  /** On a phone it is found behind “More”. */
  isRare?: boolean
  /** It is there where the network has a lab. */
  isLab?: boolean
  /** Nothing is around it, and no entry leads to it. */
  isBare?: boolean
  /** It shows the past, where nothing can be ordered. */
  isPast?: boolean
  component: Component<PageProps>
}

const CHARGER = 'M3 14V3.5A1.5 1.5 0 0 1 4.5 2h4A1.5 1.5 0 0 1 10 3.5V14M2 14h9M10 8h1a1 1 0 0 1 1 1v2.2a1 1 0 0 0 2 0V6'
  + 'l-2-2M7 4.5 5.2 7.6h2.6L6 10.7'
const RECEIPT = 'M3.5 1.8h9v12.4l-2.2-1.4L8 14.2l-2.3-1.4-2.2 1.4zM6 5.4h4M6 8.6h4'
const EURO = 'M12.4 4.2A5 5 0 1 0 12.4 11.8M2 6.8h6.6M2 9.2h6'
const TAG = 'M8.2 2H14v5.8L7.8 14 2 8.2zM11.2 4.8h.01'

const BELL = 'M3.2 11.5c1-1 1.3-2.2 1.3-4.6a3.5 3.5 0 0 1 7 0c0 2.4.3 3.6 1.3 4.6zM6.6 13.6a1.6 1.6 0 0 0 2.8 0'

const PEOPLE = 'M6 7.4a2.6 2.6 0 1 0 0-5.2a2.6 2.6 0 0 0 0 5.2M1.2 13.8c0-2.7 2.1-4.2 4.8-4.2s4.8 1.5 4.8 4.2'
  + 'M10.4 2.4a2.6 2.6 0 0 1 0 4.8M12 9.8c1.7.5 2.8 1.8 2.8 4'

const SLIDERS = 'M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 6.2a1.7 1.7 0 1 0 0-3.4a1.7 1.7 0 0 0 0 3.4'
  + 'M5.5 13.2a1.7 1.7 0 1 0 0-3.4a1.7 1.7 0 0 0 0 3.4'

const LINES = 'M1.5 8h13M4 8V3.5M4 3.5h.01M8 8v4.5M8 12.5h.01M12 8V3.5M12 3.5h.01'

const BACK_IN_TIME = 'M2.5 8a5.5 5.5 0 1 0 1.6-3.9L2.5 5.7M2.5 2.5v3.2h3.2M8 5v3.3l2.2 1.3'

const GAUGE = 'M2.2 12.5a6.3 6.3 0 1 1 11.6 0M8 9.8l3-4M8 9.8h.01'

const PIN = 'M8 14.2c-3-3.6-4.4-5.9-4.4-8a4.4 4.4 0 0 1 8.8 0c0 2.1-1.4 4.4-4.4 8M8 7.8a1.6 1.6 0 1 0 0-3.2a1.6 1.6 0 0 0 0 3.2'

const CAR_PARK = 'M2.5 2.5h11v11h-11zM6.4 11.4V4.8h2.2a1.9 1.9 0 0 1 0 3.8H6.4'
const FLASK = 'M6 2h4M6.8 2v4.2L2.9 12a1.3 1.3 0 0 0 1.1 2h8a1.3 1.3 0 0 0 1.1-2L9.2 6.2V2M4.6 10h6.8'

const CALENDAR = 'M2.5 3.5h11v10h-11zM2.5 6.5h11M5.2 2v2.4M10.8 2v2.4'

const { people, keys, audit, short: accessShort } = texts.access
const [points, sessions, tariffs] = [texts.points, texts.sessions.title, texts.tariffs.title]
const [overview, alerts, money] = [texts.overview.title, texts.alerts.title, texts.money.title]
const { settings } = texts
const [payments, books, reconciled] = [texts.payments.title, texts.books.title, texts.reconciliation.title]
const [bus, lab] = [texts.bus.title, texts.lab.title]
const [map, sites] = [texts.map.title, texts.sites.title]
const replay = texts.replay.title
const reservations = texts.reservations.title

export const PAGES: Page[] = [
  { id: 'overview', title: overview, short: overview, icon: GAUGE, needs: 'ledger:read', component: Overview },
  { id: 'points', title: points.title, short: points.short, icon: CHARGER, needs: 'network:read', component: Points },
  { id: 'sites', title: sites, short: sites, icon: CAR_PARK, needs: 'network:read', isRare: true, component: Sites },
  { id: 'map', title: map, short: map, icon: PIN, needs: 'network:read', isRare: true, component: SiteMap },
  { id: 'sessions', title: sessions, short: sessions, icon: RECEIPT, needs: 'ledger:read', component: Sessions },
  {
    id: 'reservations', title: reservations, short: reservations, icon: CALENDAR, needs: 'ledger:read', isRare: true,
    component: Reservations,
  },
  { id: 'alerts', title: alerts, short: alerts, icon: BELL, needs: 'ledger:read', component: Alerts },
  { id: 'money', title: money, short: money, icon: EURO, needs: 'ledger:read', isRare: true, component: Money },
  { id: 'payments', title: payments, short: payments, icon: EURO, needs: 'ledger:read', under: 'money', component: Payments },
  { id: 'books', title: books, short: books, icon: EURO, needs: 'ledger:read', under: 'money', component: Books },
  {
    id: 'reconciliation', title: reconciled, short: reconciled, icon: EURO, needs: 'ledger:read', under: 'money',
    component: Reconciliation,
  },
  {
    id: REPLAY, title: replay, short: replay, icon: BACK_IN_TIME, needs: 'ledger:read', isRare: true, isPast: true,
    component: Replay,
  },
  { id: 'tariffs', title: tariffs, short: tariffs, icon: TAG, needs: 'offer:read', isRare: true, component: Tariffs },
  { id: 'bus', title: bus, short: bus, icon: LINES, needs: 'audit:read', isRare: true, component: Bus },
  {
    id: 'lab', title: lab, short: lab, icon: FLASK, needs: 'orders:write', isRare: true, isLab: true, component: Lab,
  },
  {
    id: 'people', title: people.title, short: accessShort, icon: PEOPLE, needs: 'people:read', isRare: true, component: People,
  },
  {
    id: 'keys', title: keys.title, short: keys.title, icon: PEOPLE, needs: 'people:read', under: 'people', component: Keys,
  },
  {
    id: 'audit', title: audit.title, short: audit.title, icon: PEOPLE, needs: 'audit:read', under: 'people',
    component: Audit,
  },
  {
    id: 'settings', title: settings.title, short: settings.short, icon: SLIDERS, needs: 'network:read', isRare: true,
    component: Settings,
  },
  {
    id: 'wall', title: points.wall.title, short: points.wall.title, icon: CHARGER, needs: 'network:read', under: 'points',
    isBare: true, component: Wall,
  },
  {
    id: REPLAY_WALL, title: texts.replay.wall, short: replay, icon: BACK_IN_TIME, needs: 'ledger:read', under: REPLAY,
    isBare: true, isPast: true, component: Replay,
  },
]

/** Those that this network has. */
export function pagesOf(hasLab: boolean): Page[] {
  return hasLab ? PAGES : PAGES.filter(({ isLab }) => !isLab)
}

/** The page of an entry in the rail. */
export function entryOf(id: string): string {
  return PAGES.find((page) => page.id === id)?.under ?? id
}
