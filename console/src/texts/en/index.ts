/** The words of the console in English. A second language is one more folder like this one, of the type Texts. */
import { access } from './access.ts'
import { alert, alerts } from './alerts.ts'
import { palette, settings, shortcuts } from './around.ts'
import { bus } from './bus.ts'
import { lab } from './lab.ts'
import { money } from './money.ts'
import { chart, overview, range } from './overview.ts'
import { past } from './past.ts'
import { groups, limit, newPoint, orders, point, points, requests, verbs } from './points.ts'
import { notice, problems, reason } from './problems.ts'
import { held, price, receipt, resolving, session, sessions } from './sessions.ts'
import { parts, sentences, shell, time, unknownPage } from './shell.ts'
import { tariff, tariffs } from './tariffs.ts'

export const en = {
  ...sentences,
  access,
  alert,
  alerts,
  bus,
  chart,
  groups,
  held,
  lab,
  limit,
  money,
  newPoint,
  notice,
  orders,
  overview,
  palette,
  parts,
  past,
  point,
  points,
  price,
  problems,
  range,
  reason,
  receipt,
  requests,
  resolving,
  session,
  sessions,
  settings,
  shell,
  shortcuts,
  tariff,
  tariffs,
  time,
  unknownPage,
  verbs,
}

export type Texts = typeof en
