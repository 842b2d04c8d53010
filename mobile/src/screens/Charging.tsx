/** What goes on now: a charge with its figures, a place in a queue, an offer; and what came of the last one. */
import { useEffect, useRef, useState } from 'react'
import { useWindowDimensions, View } from 'react-native'
import { Button } from '../look/Button'
import { Card, Fact } from '../look/Card'
import { HoldButton } from '../look/HoldButton'
import { Empty, Notice } from '../look/Notice'
import { Ring } from '../look/Ring'
import { Screen } from '../look/Screen'
import { space } from '../look/theme'
import { Words } from '../look/Words'
import { useNavigation } from '../nav/navigation'
import { useCentral } from '../state/account'
import { useAsked, useDoing } from '../state/asking'
import { useLive } from '../state/live'
import type { Ended, Live, Waiting } from '../state/own'
import { usePreferences } from '../state/preferences'
import { said } from '../texts'
import { ToCards } from './cards/Paying'
import { cardTrouble } from './cards/words'

export function Charging() {
  const { t } = usePreferences()
  const { own } = useLive()
  const { go } = useNavigation()
  const last = useJustEnded(own.ended)
  const isIdle = own.sessions.length === 0 && own.queue.length === 0
  return (
    <Screen title={t.charging.title}>
      {own.sessions.map((live) => (
        <Session key={live.session_id} live={live} />
      ))}
      {own.queue.map((waiting) => (
        <InQueue key={waiting.requestId} waiting={waiting} />
      ))}
      {isIdle && last && <Result ended={last} />}
      {isIdle && (
        <Empty icon="bolt" title={t.charging.none}>
          <Button kind="main" label={t.charging.find} onPress={() => go({ name: 'near' })} />
        </Empty>
      )}
    </Screen>
  )
}

/** What ended while this was looked at; a charge leads to its receipt by itself. */
function useJustEnded(ended: Ended[]): Ended | null {
  const { turn } = useNavigation()
  const before = useRef(new Set(ended.map(({ requestId }) => requestId)))
  const fresh = ended.find(({ requestId }) => !before.current.has(requestId)) ?? null
  const sessionId = fresh?.sessionId ?? null
  useEffect(() => {
    if (sessionId !== null) turn({ name: 'receipt', id: sessionId })
  }, [sessionId, turn])
  return fresh ?? ended[0] ?? null
}

function Session({ live }: { live: Live }) {
  const { t, format, language, sentence } = usePreferences()
  const { isConnected } = useLive()
  const { width } = useWindowDimensions()
  const central = useCentral()
  const { isBusy, error, run } = useDoing()
  const now = useNow(live.status === 'SUPPLYING')
  const flows = live.status === 'SUPPLYING' && live.kw > 0
  const diameter = Math.min(300, width - 64)
  const stand = { HOLDING: t.charging.holding, AUTHORISED: t.charging.authorised, SUPPLYING: flows ? t.charging.flows : t.charging.paused, IDLE: t.charging.idle }
  const until = live.ended_at ? Date.parse(live.ended_at) : isConnected ? now : live.asOf
  return (
    <Card style={{ alignItems: 'center', gap: space.l }}>
      <Words strong kind="lead" centre>
        {live.cp_id}
      </Words>
      <Ring part={partOf(live, until)} moves={flows && isConnected} diameter={diameter}>
        <View style={{ alignItems: 'center' }} role="group" aria-label={stand[live.status]}>
          <Words kind="huge">{format.number(live.kwh, 3)}</Words>
          <Words tone="muted">kWh</Words>
          <Words strong kind="lead" tone="brandInk">
            {format.euros(live.euros)}
          </Words>
        </View>
      </Ring>
      <Words strong polite>
        {stand[live.status]}
      </Words>
      <View style={{ alignSelf: 'stretch', gap: space.s }}>
        <Fact name={t.charging.power}>{format.kw(live.kw)}</Fact>
        {live.started_at !== null && <Fact name={t.charging.time}>{format.clock(until - Date.parse(live.started_at))}</Fact>}
        <Held live={live} />
        {live.quote?.price && <Fact name={t.point.estimate}>{format.microEuros(live.quote.price.gross)}</Fact>}
        {live.endsBy !== null && <Words tone="warn">{t.charging.endsBy(format.time(live.endsBy))}</Words>}
        {live.note !== null && <Words tone="warn">{said(language, live.note)}</Words>}
        {!isConnected && <Words tone="muted">{t.asOf(format.time(live.asOf, true))}</Words>}
      </View>
      {error !== null && <Notice tone="bad">{sentence(error)}</Notice>}
      {live.status !== 'IDLE' && (
        <HoldButton
          label={isBusy ? t.charging.stopping : t.charging.stop}
          hint={t.charging.hint}
          sure={t.charging.sure}
          busy={isBusy}
          onHeld={() => run(async () => void (await central.stop(live.session_id)))}
        />
      )}
    </Card>
  )
}

const HELD_LOOK_MS = 10_000

/** What is held on the card, which may grow while it charges. */
function Held({ live }: { live: Live }) {
  const { t, format } = usePreferences()
  const central = useCentral()
  const { data } = useAsked(`held ${live.session_id} ${live.status}`, () => central.session(live.session_id), {
    everyMs: HELD_LOOK_MS,
    until: ({ payment }) => payment === null,
  })
  if (!data?.payment || data.payment.held_cents === 0) return null
  return <Fact name={t.receipt.heldOn}>{format.cents(data.payment.held_cents)}</Fact>
}

/** How much of what was wanted is there. */
function partOf(live: Live, now: number): number | null {
  if (live.status === 'IDLE') return 1
  if (live.quote?.kwh) return live.kwh / live.quote.kwh
  if (live.quote?.minutes && live.started_at) return (now - Date.parse(live.started_at)) / 60_000 / live.quote.minutes
  return null
}

/** The time of day, each second as long as it is wanted. */
function useNow(isWanted: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isWanted) return
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [isWanted])
  return now
}

function InQueue({ waiting }: { waiting: Waiting }) {
  const { t, format, sentence } = usePreferences()
  const central = useCentral()
  const { isBusy, error, run } = useDoing()
  const isOffered = waiting.status === 'OFFERED'
  return (
    <Card>
      <Words strong kind="lead">
        {waiting.siteId}
      </Words>
      {isOffered ? (
        <Notice tone="good" icon="bolt">
          {t.charging.offered(waiting.cpId ?? '', format.time(waiting.until ?? Date.now()))}
        </Notice>
      ) : (
        <Words polite>{waiting.place === null ? t.charging.waits : t.charging.place(waiting.place, waiting.waiting ?? waiting.place)}</Words>
      )}
      {!isOffered && waiting.expectedAt !== null && <Words tone="muted">{t.charging.expected(format.time(waiting.expectedAt))}</Words>}
      {error !== null && <Notice tone="bad">{sentence(error)}</Notice>}
      {isOffered && (
        <Button kind="main" icon="bolt" label={t.charging.take} busy={isBusy} onPress={() => run(async () => void (await central.take(waiting.requestId)))} />
      )}
      {waiting.status !== 'STARTING' && (
        <Button label={t.charging.leave} disabled={isBusy} onPress={() => run(async () => void (await central.leave(waiting.requestId)))} />
      )}
    </Card>
  )
}

function Result({ ended }: { ended: Ended }) {
  const { t, language } = usePreferences()
  const { go } = useNavigation()
  const { sessionId, reason } = ended
  const trouble = reason === null ? null : cardTrouble(reason, t)
  return (
    <Card>
      <Notice tone={sessionId === null ? 'bad' : 'good'} icon={sessionId === null ? 'warning' : 'check'}>
        {`${sessionId === null ? t.charging.denied : t.charging.ended}${reason ? `: ${trouble ?? said(language, reason)}` : '.'}`}
      </Notice>
      {trouble !== null && <ToCards />}
      {sessionId !== null && <Button label={t.charging.receipt} onPress={() => go({ name: 'receipt', id: sessionId })} />}
    </Card>
  )
}
