/** What is said of one session and of its ticket: names and values, as they are read. Pure. */
import type { PointView, SessionView, TicketView } from '../../central/views.ts'
import { dated, duration, energy, euros, moment, price, sentence } from '../../panel/words.ts'
import { hashOf } from '../../shell/route.ts'
import { texts } from '../../texts/index.ts'
import { cost, lasted } from './session.ts'

/** A name and a value, and where the value leads. */
export type Fact = [name: string, value: string, href?: string | undefined]

const words = texts.session

export function sessionFacts(session: SessionView, siteId: string | null, now: number): Fact[] {
  return [
    [words.point, session.cp_id, hashOf('points', { rest: [session.cp_id] })],
    ...siteFact(siteId),
    [words.driver, session.driver_id, hashOf('sessions', { query: { q: session.driver_id } })],
    ...times(session, now),
    ...outcome(session, now),
    [words.request, session.request_id],
  ]
}

/** A price by lines says for itself what is paid. */
/** The site of a point, where it has one. */
export function siteFact(id: string | null): Fact[] {
  return id === null ? [] : [[texts.receipt.site, id, hashOf('sites', { rest: [id] })]]
}

export function ticketFacts(ticket: TicketView, now: number): Fact[] {
  return [
    ...(ticket.price === null ? [[words.cost, euros(ticket.euros)] satisfies Fact] : []),
    [words.energy, energy(ticket.kwh)],
    pricedBy(ticket),
    [words.started, moment(ticket.started_at, now)],
    [words.ended, moment(ticket.ended_at, now)],
    ...known([[words.unplugged, ticket.unplugged_at && moment(ticket.unplugged_at, now)]]),
    [words.how, sentence(texts.reason(ticket.ended_by))],
  ]
}

/** What stands above the lines of a receipt; of the point, what is known of it now. */
export function receiptFacts(ticket: TicketView, point: Pick<PointView, 'location' | 'station_id' | 'site_id'> | null): Fact[] {
  return known([
    [texts.receipt.session, ticket.session_id],
    [words.driver, ticket.driver_id],
    [words.point, ticket.cp_id],
    [texts.receipt.location, point?.location || null],
    [texts.receipt.station, point?.station_id ?? null],
    [texts.receipt.site, point?.site_id ?? null],
    [texts.receipt.charged, words.fromTo(dated(ticket.started_at), dated(ticket.ended_at))],
    [words.unplugged, ticket.unplugged_at && dated(ticket.unplugged_at)],
    [words.lasted, duration(Date.parse(ticket.ended_at) - Date.parse(ticket.started_at))],
    [words.energy, energy(ticket.kwh)],
    pricedBy(ticket),
    [words.cost, ticket.price === null ? euros(ticket.euros) : null],
  ])
}

/** The version of the tariff; without one, the single price. */
function pricedBy({ tariff, euros_per_kwh }: SessionView | TicketView): [string, string] {
  return tariff === null ? [words.price, price(euros_per_kwh)] : [words.tariff, tariff]
}

function times(session: SessionView, now: number): Fact[] {
  const ms = lasted(session, now)
  return known([
    [words.asked, moment(session.requested_at, now)],
    [words.started, session.started_at && moment(session.started_at, now)],
    [words.ended, session.ended_at && moment(session.ended_at, now)],
    [words.unplugged, session.unplugged_at && moment(session.unplugged_at, now)],
    [words.lasted, ms === null ? null : duration(ms)],
  ])
}

function outcome(session: SessionView, now: number): Fact[] {
  const { kwh, register_start_mwh: first, register_stop_mwh: last, settled } = session
  const money = cost(session)
  return known([
    [words.energy, kwh === null ? null : energy(kwh)],
    pricedBy(session),
    [words.cost, money === null ? null : euros(money)],
    [words.registers, first === null || last === null ? null : words.fromTo(energy(first / 1e6), energy(last / 1e6))],
    [words.how, session.ended_by && sentence(texts.reason(session.ended_by))],
    [words.resolved, settled && words.resolvedBy(settled.by, moment(settled.at, now), settled.note)],
  ])
}

function known(facts: [string, string | null][]): Fact[] {
  return facts.filter((fact): fact is [string, string] => fact[1] !== null)
}
