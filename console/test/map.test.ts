import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APART, clusters } from '../src/pages/map/clusters.ts'
import { countriesOf, type Topology } from '../src/pages/map/land.ts'
import { bounded, drawnAt, fit, LARGEST, project, pushed, ruler, zoomed } from '../src/pages/map/mercator.ts'

const SIZE = { width: 800, height: 600 }
const near = (a: number, b: number, by = 1e-6) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`)

test('the world is a square, with its middle where the equator and Greenwich meet', () => {
  assert.deepEqual(project({ latitude: 0, longitude: 0 }), { x: 0.5, y: 0.5 })
  near(project({ latitude: 85.0511287798066, longitude: -180 }).y, 0, 1e-4)
  near(project({ latitude: -90, longitude: 180 }).y, 1, 1e-4)
  assert.ok(project({ latitude: 41, longitude: 0 }).y < project({ latitude: 40, longitude: 0 }).y)
})

test('all places are seen with some room around them, one place with its region, and none as the world', () => {
  const places = [project({ latitude: 40.4, longitude: -3.7 }), project({ latitude: 37.4, longitude: -6 })]
  const sight = fit(places, SIZE)
  for (const place of places) {
    const { x, y } = drawnAt(place, sight, SIZE)
    assert.ok(x >= 80 && x <= 720 && y >= 80 && y <= 520, `${x} ${y}`)
  }
  assert.ok(fit(places.slice(0, 1), SIZE).scale < LARGEST)
  assert.equal(fit([], SIZE).scale, 800)
})

test('what is under the pointer stays there when the map gets larger or smaller', () => {
  const [sight, at] = [{ x: 0.4, y: 0.4, scale: 5_000 }, { x: 100, y: 500 }]
  const seen = (one: typeof sight) => [
    one.x + (at.x - SIZE.width / 2) / one.scale, one.y + (at.y - SIZE.height / 2) / one.scale,
  ]
  for (const factor of [1.6, 0.7, 30]) {
    const [before, after] = [seen(sight), seen(zoomed(sight, factor, at, SIZE))]
    near(before[0]!, after[0]!)
    near(before[1]!, after[1]!)
  }
})

test('nothing is seen beyond the world, nor closer than its closest', () => {
  assert.deepEqual(bounded({ x: -3, y: 7, scale: 1e12 }, SIZE), { x: 0, y: 1, scale: LARGEST })
  assert.equal(bounded({ x: 0.5, y: 0.5, scale: 1 }, SIZE).scale, 640)
  near(pushed({ x: 0.5, y: 0.5, scale: 1_000 }, 100, -50, SIZE).x, 0.4)
})

test('a ruler is a round length that fits', () => {
  for (const scale of [300, 5_000, 123_456, LARGEST]) {
    const { metres, px } = ruler({ x: 0.5, y: 0.4, scale })
    assert.match(String(metres), /^[125]0*$/)
    assert.ok(px <= 110 && px > 40, `${px}`)
  }
})

test('what is near together is one mark, and all that is there is in some mark', () => {
  const located = Array.from({ length: 10_000 }, (_, number) => ({
    it: number, x: (number * 7919) % 1_000, y: (number * 104_729) % 800,
  }))
  const found = clusters(located)
  assert.equal(found.reduce((sum, { items }) => sum + items.length, 0), 10_000)
  assert.ok(found.length < 800, `${found.length}`)
  for (const [at, one] of found.entries()) {
    for (const other of found.slice(at + 1)) assert.ok(Math.hypot(one.x - other.x, one.y - other.y) >= APART)
  }
})

test('a country is the path along its arcs, those with a number below 0 backwards', () => {
  const topology: Topology = {
    transform: { scale: [1, 1], translate: [0, 0] },
    arcs: [[[0, 0], [10, 0]], [[0, 0], [0, -10], [10, 10]]],
    objects: { countries: { geometries: [{ type: 'Polygon', arcs: [[0, ~1]] }, { type: 'MultiPolygon', arcs: [[[1]]] }] } },
  }
  const [first, second] = countriesOf(topology)
  assert.equal(first!.path.match(/[ML]/g)!.length, 4)
  near(first!.left, 0.5)
  near(first!.right, 0.5 + 10 / 360)
  assert.ok(first!.bottom > 0.5)
  assert.equal(second!.path.match(/[ML]/g)!.length, 3)
})

test('a country across the 180th meridian is drawn at both edges of the map, and nothing is drawn across it', () => {
  const topology: Topology = {
    transform: { scale: [1, 1], translate: [0, 0] },
    arcs: [[[170, 60], [15 - 360, 0], [0, 10], [360 - 15, 0], [0, -10]]],
    objects: { countries: { geometries: [{ type: 'Polygon', arcs: [[0]] }] } },
  }
  const [country] = countriesOf(topology)
  const rings = country!.path.split('M').slice(1)
  assert.equal(rings.length, 2)
  for (const ring of rings) {
    const across = ring.split(/[LZ]/).filter((place) => place !== '').map((place) => Number(place.split(' ')[0]))
    assert.ok(Math.max(...across) - Math.min(...across) < 100, ring)
  }
  near(country!.right, 0.5 + 185 / 360)
  near(country!.left, 0.5 - 190 / 360)
})

test('a country around a pole is left as it is', () => {
  const topology: Topology = {
    transform: { scale: [1, 1], translate: [0, 0] },
    arcs: [[[-180, -70], [120, 0], [120, 0], [120, 0], [0, -15], [-360, 0], [0, 15]]],
    objects: { countries: { geometries: [{ type: 'Polygon', arcs: [[0]] }] } },
  }
  const [country] = countriesOf(topology)
  assert.equal(country!.path.match(/M/g)!.length, 1)
  near(country!.left, 0)
  near(country!.right, 1)
})
