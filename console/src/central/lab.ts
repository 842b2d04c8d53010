/** The lab of a network that runs in one process with Central: its parts, and what is done to them. */
import type { AddedView, LabDriverPage, LabPointPage, LabView, NewDriversBody, NewPointsBody, NewVehicleBody } from './views.ts'
import { get, post, say } from './wire.ts'

/** What there are many of, as paths name it. */
export type PartKind = 'engines' | 'monitors' | 'links' | 'drivers'
export type Deed = 'kill' | 'restart' | 'cut' | 'restore'

const LAB = 'api/v1/lab'
/** Points come slowly where there are thousands of them. */
const ADDING_MS = 60_000

export function lab(): Promise<LabView> {
  return get(LAB)
}

export function labPoints(sought: string, limit: number): Promise<LabPointPage> {
  return get(`${LAB}/points?${asked(sought, limit)}`)
}

export function labDrivers(sought: string, limit: number): Promise<LabDriverPage> {
  return get(`${LAB}/drivers?${asked(sought, limit)}`)
}

export function addPoints(wanted: NewPointsBody): Promise<AddedView> {
  return post(`${LAB}/points`, wanted, ADDING_MS)
}

export function addDrivers(wanted: NewDriversBody): Promise<AddedView> {
  return post(`${LAB}/drivers`, wanted, ADDING_MS)
}

/** Say which vehicle comes next to a point. */
export async function sendVehicle(cpId: string, vehicle: NewVehicleBody): Promise<void> {
  await say('PUT', `${LAB}/points/${encodeURIComponent(cpId)}/vehicle`, vehicle)
}

export function changePart(kind: PartKind, id: string, deed: Deed): Promise<LabView> {
  return post(`${LAB}/${kind}/${encodeURIComponent(id)}/${deed}`)
}

export function changeCentral(deed: 'kill' | 'restart'): Promise<LabView> {
  return post(`${LAB}/central/${deed}`)
}

export function play(scenario: string): Promise<LabView> {
  return post(`${LAB}/scenarios/${encodeURIComponent(scenario)}`)
}

export async function endPlay(): Promise<void> {
  await say('DELETE', `${LAB}/scenarios`)
}

function asked(q: string, limit: number): URLSearchParams {
  return new URLSearchParams({ limit: String(limit), ...(q === '' ? {} : { q }) })
}
