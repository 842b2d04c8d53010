/** The countries of the world as paths, from TopoJSON of Natural Earth. Pure. */
import { type Place, project } from './mercator.ts'

/** TopoJSON as `world-atlas` has it: arcs are steps of whole numbers, each along a coast or a border. */
export interface Topology {
  transform: { scale: [number, number]; translate: [number, number] }
  arcs: [number, number][][]
  objects: { countries: { geometries: Geometry[] } }
}

interface Geometry {
  type: string
  arcs?: number[][] | number[][][]
}

/** A country: its path, in thousandths of the world, and the part of the world that it is in. */
export interface Country {
  path: string
  left: number
  right: number
  top: number
  bottom: number
}

/** Paths are in thousandths of the world, which are short to write. */
export const THOUSAND = 1_000
const DIGITS = 4

export function countriesOf(topology: Topology): Country[] {
  const arcs = topology.arcs.map((arc) => placesOf(arc, topology))
  return topology.objects.countries.geometries.map((geometry) => countryOf(geometry, arcs))
}

function placesOf(arc: [number, number][], { transform: { scale, translate } }: Topology): Place[] {
  let [column, row] = [0, 0]
  return arc.map(([dx, dy]) => {
    ;[column, row] = [column + dx, row + dy]
    return project({ longitude: column * scale[0] + translate[0], latitude: row * scale[1] + translate[1] })
  })
}

function countryOf({ type, arcs = [] }: Geometry, known: Place[][]): Country {
  const polygons = (type === 'MultiPolygon' ? arcs : [arcs]) as number[][][]
  const rings = polygons.flatMap((polygon) => polygon.flatMap((ring) => onTheMap(ringOf(ring, known))))
  const country = { path: '', left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity }
  for (const ring of rings) {
    country.path += `M${ring.map(({ x, y }) => `${short(x)} ${short(y)}`).join('L')}Z`
    for (const { x, y } of ring) {
      ;[country.left, country.right] = [Math.min(country.left, x), Math.max(country.right, x)]
      ;[country.top, country.bottom] = [Math.min(country.top, y), Math.max(country.bottom, y)]
    }
  }
  return country
}

/** The places around an area. An arc whose number is below 0 is gone along backwards. */
function ringOf(ring: number[], known: Place[][]): Place[] {
  return ring.flatMap((number, at) => {
    const arc = number < 0 ? [...known[~number]!].reverse() : known[number]!
    return at === 0 ? arc : arc.slice(1)
  })
}

/** What crosses the 180th meridian is drawn at both edges of the map, and not across it. What goes round a pole is left. */
function onTheMap(ring: Place[]): Place[][] {
  let turns = 0
  const straight = ring.map(({ x, y }, at) => {
    const step = at === 0 ? 0 : x - ring[at - 1]!.x
    if (Math.abs(step) > 0.5) turns -= Math.sign(step)
    return { x: x + turns, y }
  })
  const crosses = straight.some(({ x }, at) => x !== ring[at]!.x)
  if (turns !== 0 || !crosses) return [ring]
  const back = straight.some(({ x }) => x > 1) ? -1 : 1
  return [straight, straight.map(({ x, y }) => ({ x: x + back, y }))]
}

function short(part: number): string {
  return String(Number((part * THOUSAND).toFixed(DIGITS)))
}
