/** What is said of one session and of its ticket: names and values, as they are read. Pure. */
import type { SessionView, TicketView } from '../../central/views.ts'
import { duration, energy, euros, moment, price, sentence } from '../../panel/words.ts'
import { texts } from '../../texts/index.ts'
import { cost, lasted } from './session.ts'

export type Fact = [name: string, value: string]

const words = texts.session

export function sessionFacts(session: SessionView, now: number): Fact[] {
  return [
    [words.point, session.cp_id],
    [words.driver, session.driver_id],
    ...times(session, now),
    ...outcome(session, now),
    [words.request, session.request_id],
  ]
}

export function ticketFacts(ticket: TicketView, now: number): Fact[] {
  return [
    [words.cost, euros(ticket.euros)],
    [words.energy, energy(ticket.kwh)],
    [words.price, price(ticket.euros_per_kwh)],
    [words.started, moment(ticket.started_at, now)],
    [words.ended, moment(ticket.ended_at, now)],
    [words.how, sentence(ticket.ended_by)],
  ]
}

function times(session: SessionView, now: number): Fact[] {
  const ms = lasted(session, now)
  return known([
    [words.asked, moment(session.requested_at, now)],
    [words.started, session.started_at && moment(session.started_at, now)],
    [words.ended, session.ended_at && moment(session.ended_at, now)],
    [words.lasted, ms === null ? null : duration(ms)],
  ])
}

function outcome(session: SessionView, now: number): Fact[] {
  const { kwh, register_start_mwh: first, register_stop_mwh: last, settled } = session
  const money = cost(session)
  return known([
    [words.energy, kwh === null ? null : energy(kwh)],
    [words.price, price(session.euros_per_kwh)],
    [words.cost, money === null ? null : euros(money)],
    [words.registers, first === null || last === null ? null : words.fromTo(energy(first / 1e6), energy(last / 1e6))],
    [words.how, session.ended_by && sentence(session.ended_by)],
    [words.resolved, settled && words.resolvedBy(settled.by, moment(settled.at, now), settled.note)],
  ])
}

function known(facts: [string, string | null][]): Fact[] {
  return facts.filter((fact): fact is Fact => fact[1] !== null)
}
