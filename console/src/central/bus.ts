/** The bus as Central shows it: topics and messages as they pass, what was set aside, and what messages mean. */
import type {
  BusMessagesFrame, BusTopicsFrame, BusTopicsView, ExplainedView, RefusedFrame, SetAsidesView, WatchFrame,
} from './views.ts'
import { get } from './wire.ts'

export type BusFrame = BusTopicsFrame | BusMessagesFrame | RefusedFrame

/** What is wanted to be seen. */
export type BusWish = Omit<WatchFrame, 'type'>

export interface BusSocket {
  want(wish: BusWish): void
  close(): void
}

export interface BusEvents {
  opened(): void
  frame(frame: BusFrame): void
  closed(): void
}

export function busTopics(): Promise<BusTopicsView> {
  return get('api/v1/bus/topics')
}

/** The newest messages that this Central has set aside. */
export function setAside(): Promise<SetAsidesView> {
  return get('api/v1/bus/unreadable')
}

let known: Map<string, ExplainedView> | null = null

/** Every message and every type that one holds, by name; asked for once. */
export async function explanations(): Promise<Map<string, ExplainedView>> {
  known ??= new Map((await get<ExplainedView[]>('api/v1/bus/messages')).map((each) => [each.name, each]))
  return known
}

/** Look on at the bus, until it is closed. */
export function openBus(events: BusEvents): BusSocket {
  const url = new URL('api/v1/bus/stream', document.baseURI)
  url.protocol = url.protocol.replace('http', 'ws')
  const socket = new WebSocket(url)
  socket.onopen = () => events.opened()
  socket.onmessage = (message) => events.frame(JSON.parse(message.data) as BusFrame)
  socket.onclose = () => events.closed()
  return {
    close: () => socket.close(),
    want: (wish) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'watch', ...wish }))
    },
  }
}
