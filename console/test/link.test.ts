import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import type { Changes, Frame, Snapshot, Wish } from '../src/central/contract.ts'
import { FIRST_RETRY_MS, LAST_RETRY_MS, Link, POLL_MS, SILENCE_MS, type Wire } from '../src/central/link.ts'

const POINTS = { ACTIVATED: 0, SUPPLYING: 0, STOPPED: 0, FAULT: 0, DISCONNECTED: 0 }
const BEAT: Changes = {
  type: 'changes', seq: 7, ts: '2026-01-01T00:00:00Z', points: [], gone: [], telemetry: [], messages: [],
  totals: { points: POINTS, free: 0, sessions: 0, kw: 0 },
}

const SNAPSHOT: Snapshot = { type: 'snapshot', stream: 'abc', seq: 7, ts: BEAT.ts, points: [], messages: [] }

/** A Central whose sockets and answers the test moves by hand. */
class Bench implements Wire {
  sockets: { frame(frame: Frame): void; closed(): void; isOpen: boolean; mark: string | null; asked: Wish[] }[] = []
  polls: { answer(): void; fail(): void }[] = []
  statuses: string[] = []
  frames = 0
  readonly link = new Link(this, {
    frame: () => { this.frames++ },
    status: (status) => this.statuses.push(status),
  })

  open(events: { frame(frame: Frame): void; closed(): void }, mark: string | null) {
    const socket = { ...events, isOpen: true, mark, asked: [] as Wish[] }
    this.sockets.push(socket)
    return { close: () => { socket.isOpen = false }, ask: (wish: Wish) => void socket.asked.push(wish) }
  }

  poll() {
    return new Promise<Frame>((resolve, reject) => {
      this.polls.push({ answer: () => resolve(BEAT), fail: () => reject(new Error('nobody there')) })
    })
  }

  get socket() {
    return this.sockets.at(-1)!
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout'] })
})

test('a socket that speaks makes the panel live, and nothing is polled', async () => {
  const bench = new Bench()
  bench.link.start()
  bench.socket.frame(BEAT)
  mock.timers.tick(POLL_MS * 3)
  assert.deepEqual([bench.statuses, bench.frames, bench.polls.length], [['live'], 1, 0])
})

test('a refused socket is answered by polling at once and then every two seconds', async () => {
  const bench = new Bench()
  bench.link.start()
  bench.socket.closed()
  assert.equal(bench.polls.length, 1)
  bench.polls[0]!.answer()
  await settled()
  mock.timers.tick(POLL_MS)
  assert.deepEqual([bench.statuses, bench.polls.length], [['polling'], 2])
})

test('a socket that neither opens nor closes does not keep the panel waiting', () => {
  const bench = new Bench()
  bench.link.start()
  mock.timers.tick(POLL_MS)
  assert.equal(bench.polls.length, 1)
})

test('the socket is tried again with growing pauses up to a limit', () => {
  const bench = new Bench()
  bench.link.start()
  for (let pause = FIRST_RETRY_MS; pause <= LAST_RETRY_MS * 4; pause *= 2) {
    const tried = bench.sockets.length
    bench.socket.closed()
    mock.timers.tick(Math.min(pause, LAST_RETRY_MS) - 1)
    assert.equal(bench.sockets.length, tried)
    mock.timers.tick(1)
    assert.equal(bench.sockets.length, tried + 1)
  }
})

test('the panel goes back from polling to live, and a late answer to a poll changes nothing', async () => {
  const bench = new Bench()
  bench.link.start()
  bench.socket.closed()
  mock.timers.tick(FIRST_RETRY_MS)
  bench.socket.frame(BEAT)
  bench.polls[0]!.answer()
  await settled()
  mock.timers.tick(POLL_MS * 3)
  assert.deepEqual([bench.statuses, bench.frames, bench.polls.length], [['live'], 1, 1])
})

test('when nothing answers the panel is offline until something does', async () => {
  const bench = new Bench()
  bench.link.start()
  bench.socket.closed()
  bench.polls[0]!.fail()
  await settled()
  mock.timers.tick(POLL_MS)
  bench.polls[1]!.answer()
  await settled()
  assert.deepEqual(bench.statuses, ['offline', 'polling'])
})

test('a socket that falls silent is given up although nobody closed it', () => {
  const bench = new Bench()
  bench.link.start()
  const silent = bench.socket
  silent.frame(BEAT)
  mock.timers.tick(SILENCE_MS)
  assert.deepEqual([silent.isOpen, bench.statuses, bench.polls.length], [false, ['live', 'connecting'], 0])
})

test('what an abandoned socket still says is not heard', () => {
  const bench = new Bench()
  bench.link.start()
  const abandoned = bench.socket
  abandoned.closed()
  abandoned.frame(BEAT)
  abandoned.closed()
  assert.deepEqual([bench.frames, bench.sockets.length, bench.statuses], [0, 1, []])
})

test('a lost live socket starts the pauses afresh', () => {
  const bench = new Bench()
  bench.link.start()
  bench.socket.closed()
  mock.timers.tick(FIRST_RETRY_MS)
  bench.socket.frame(BEAT)
  bench.socket.closed()
  mock.timers.tick(FIRST_RETRY_MS)
  assert.equal(bench.sockets.length, 3)
})

test('asking again is free while the socket lives and at once while it does not', () => {
  const bench = new Bench()
  bench.link.start()
  bench.link.refresh()
  assert.equal(bench.polls.length, 1)
  bench.socket.frame(BEAT)
  bench.link.refresh()
  assert.equal(bench.polls.length, 1)
})

test('a link that is stopped asks no more and hears no more, until it is started again', async () => {
  const bench = new Bench()
  bench.link.start()
  bench.socket.frame(BEAT)
  const before = bench.socket
  bench.link.stop()
  before.frame(BEAT)
  before.closed()
  mock.timers.tick(LAST_RETRY_MS + SILENCE_MS)
  assert.deepEqual([before.isOpen, bench.frames, bench.sockets.length, bench.polls.length], [false, 1, 1, 0])
  bench.link.start()
  bench.socket.frame(BEAT)
  assert.deepEqual(bench.statuses, ['live', 'connecting', 'live'])
})

test('an answer that comes after the link was stopped is dropped', async () => {
  const bench = new Bench()
  bench.link.start()
  bench.socket.closed()
  bench.link.stop()
  bench.polls[0]!.answer()
  await settled()
  mock.timers.tick(LAST_RETRY_MS)
  assert.deepEqual([bench.frames, bench.polls.length, bench.sockets.length], [0, 1, 1])
})

test('a socket goes on after the newest frame that was heard', () => {
  const bench = new Bench()
  bench.link.start()
  bench.socket.frame(SNAPSHOT)
  bench.socket.frame({ ...BEAT, seq: 8 })
  bench.socket.frame({ ...BEAT, seq: 8 })
  bench.socket.closed()
  mock.timers.tick(FIRST_RETRY_MS)
  assert.deepEqual(bench.sockets.map(({ mark }) => mark), [null, 'abc.8'])
})

test('what was polled is newer than what a socket could go on from', async () => {
  const bench = new Bench()
  bench.link.start()
  bench.socket.frame(SNAPSHOT)
  bench.socket.closed()
  mock.timers.tick(FIRST_RETRY_MS)
  bench.socket.closed()
  bench.polls[0]!.answer()
  await settled()
  mock.timers.tick(FIRST_RETRY_MS * 2)
  assert.deepEqual(bench.sockets.map(({ mark }) => mark), [null, 'abc.7', null])
})

test('a link that is lost and found at once is no reason to poll', () => {
  const bench = new Bench()
  bench.link.start()
  bench.socket.frame(SNAPSHOT)
  bench.socket.closed()
  mock.timers.tick(FIRST_RETRY_MS)
  bench.socket.frame(BEAT)
  mock.timers.tick(POLL_MS * 2)
  assert.deepEqual([bench.statuses, bench.polls.length], [['live', 'connecting', 'live'], 0])
})

test('where a frame is missing, everything is asked for again, once', () => {
  const bench = new Bench()
  bench.link.start()
  bench.socket.frame(SNAPSHOT)
  bench.socket.frame({ ...BEAT, seq: 9 })
  bench.socket.frame({ ...BEAT, seq: 10 })
  assert.deepEqual(bench.socket.asked.filter(({ type }) => type === 'subscribe'), [{ type: 'subscribe', points: null }])
})

test('the readings that are wanted are asked for, anew of each socket and once they are others', () => {
  const bench = new Bench()
  bench.link.meter(['CP-1'])
  bench.link.start()
  bench.socket.frame(SNAPSHOT)
  bench.link.meter(['CP-1'])
  bench.link.meter(['CP-1', 'CP-2'])
  const asked = (...points: string[]) => ({ type: 'readings', points })
  assert.deepEqual(bench.socket.asked, [asked('CP-1'), asked('CP-1', 'CP-2')])
  bench.socket.closed()
  mock.timers.tick(FIRST_RETRY_MS)
  bench.socket.frame(BEAT)
  assert.deepEqual(bench.socket.asked, [asked('CP-1', 'CP-2')])
})
