/** The words of the console in English. A second language is one more folder like this one, of the type Texts. */
import { access } from './access.ts'
import { alert, alerts } from './alerts.ts'
import { palette, saved, settings, shortcuts } from './around.ts'
import { bus } from './bus.ts'
import { lab } from './lab.ts'
import { money } from './money.ts'
import { chart, overview, range } from './overview.ts'
import { past } from './past.ts'
import { books, payments, reconciliation } from './payments.ts'
import { groups, label, limit, newPoint, orders, point, points, requests, verbs } from './points.ts'
import { notice, problems, reason } from './problems.ts'
import { replay } from './replay.ts'
import { reservations } from './reservations.ts'
import { held, price, receipt, resolving, session, sessions } from './sessions.ts'
import { parts, sentences, shell, time, unknownPage } from './shell.ts'
import { map, plan, power, queue, site, sites } from './sites.ts'
import { tariff, tariffs } from './tariffs.ts'

export const en = {
  ...sentences,
  access,
  alert,
  alerts,
  books,
  bus,
  chart,
  groups,
  held,
  label,
  lab,
  limit,
  map,
  money,
  newPoint,
  notice,
  orders,
  overview,
  palette,
  parts,
  past,
  payments,
  plan,
  queue,
  power,
  point,
  points,
  price,
  problems,
  range,
  reason,
  reconciliation,
  receipt,
  replay,
  requests,
  reservations,
  saved,
  resolving,
  session,
  sessions,
  settings,
  shell,
  shortcuts,
  site,
  sites,
  tariff,
  tariffs,
  time,
  unknownPage,
  verbs,
}

export type Texts = typeof en
