import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BAY_HIGH, BAY_WIDE, frameOf, inRows, movedTo, rulerOf, snapped, turned, without, withPoint } from '../src/pages/sites/plan.ts'

const ids = (count: number) => Array.from({ length: count }, (_, number) => `CP-${number}`)

test('points in rows do not stand on one another, and all of them are there', () => {
  for (const count of [1, 2, 7, 60, 1_000]) {
    const rows = inRows(ids(count))
    assert.equal(rows.length, count)
    for (const [at, one] of rows.entries()) {
      for (const other of rows.slice(at + 1, at + 80)) {
        const isApart = Math.abs(one.x_m - other.x_m) >= BAY_WIDE || Math.abs(one.y_m - other.y_m) >= BAY_HIGH
        assert.ok(isApart, `${one.cp_id} ${other.cp_id}`)
      }
    }
  }
})

test('a point is moved alone, to the centimetre, and stays in the plan', () => {
  const plan = inRows(ids(2))
  const moved = movedTo(plan, 'CP-0', 3.14159, -5)
  assert.deepEqual([moved[0]!.x_m, moved[0]!.y_m], [3.14, 0])
  assert.equal(moved[1], plan[1])
  assert.equal(movedTo(plan, 'CP-0', 1e9, 0)[0]!.x_m, 10_000)
})

test('a point turns all around, either way', () => {
  const plan = inRows(ids(1))
  assert.equal(turned(plan, 'CP-0', -15)[0]!.angle, 345)
  let turning = plan
  for (let turns = 0; turns < 24; turns++) turning = turned(turning, 'CP-0')
  assert.equal(turning[0]!.angle, 0)
})

test('a point that is placed stands beside the others, the first one in the corner', () => {
  const first = withPoint([], 'CP-0')
  assert.deepEqual([first[0]!.x_m, first[0]!.y_m], [BAY_WIDE / 2, BAY_HIGH / 2])
  const second = withPoint(first, 'CP-1')
  assert.ok(second[1]!.x_m - second[0]!.x_m >= BAY_WIDE)
  assert.deepEqual(without(second, 'CP-0').map(({ cp_id: id }) => id), ['CP-1'])
})

test('a drawing has all points in it, and is wide enough for its ruler', () => {
  for (const plan of [[], inRows(ids(1)), inRows(ids(300)), [{ cp_id: 'A', x_m: 9_000, y_m: 2, angle: 0 }]]) {
    const frame = frameOf(plan)
    for (const { x_m: x, y_m: y } of plan) {
      assert.ok(x > frame.left && x < frame.left + frame.width && y > frame.top && y < frame.top + frame.height)
    }
    assert.ok(rulerOf(frame) > 0 && rulerOf(frame) <= frame.width / 5)
  }
})

test('a hand places to the decimetre', () => {
  assert.ok(Math.abs(snapped(1.2345) - 1.2) < 1e-9)
})
