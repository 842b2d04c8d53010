/** One point: what it costs before anything begins, and what can be done there. */
import { useState } from 'react'
import { newKey, type Wish } from '../api/central'
import type { EstimateView, OfferedPoint, OwnVehicle } from '../api/types'
import { Button } from '../look/Button'
import { Card, Fact, Mark, Row } from '../look/Card'
import { Notice } from '../look/Notice'
import { Screen } from '../look/Screen'
import { Heading, Words } from '../look/Words'
import { useNavigation } from '../nav/navigation'
import { useCentral } from '../state/account'
import { useAsked, useDoing } from '../state/asking'
import { useLive } from '../state/live'
import { usePaying } from '../state/paying'
import { usePreferences } from '../state/preferences'
import { leaveWith, resumed } from '../state/resumed'
import { Refusal, WhatIsHeld } from './cards/Paying'
import { Pending } from './Near'
import { standing } from './places/PlaceCards'
import { Prices } from './point/Prices'
import { minutesOf, USUAL } from './wish/wish'
import { WishChoice } from './wish/WishChoice'

const LOOK_MS = 3_000

export function Point({ cpId }: { cpId: string }) {
  const { t, sentence } = usePreferences()
  const central = useCentral()
  const { own } = useLive()
  const found = useAsked(`point ${cpId}`, async () => ({ point: await central.point(cpId) }), { everyMs: LOOK_MS })
  const kept = useAsked(`kept ${own.reservations}`, central.reservations)
  const point = found.data?.point ?? null
  const isMine = kept.data?.items.some((each) => each.cp_id === cpId && each.status === 'HELD') ?? false
  return (
    <Screen title={cpId} backable>
      {found.data === null && <Pending error={found.error} sentence={sentence} />}
      {found.data !== null && point === null && <Notice tone="bad">{t.point.unknown(cpId)}</Notice>}
      {point && <Offer point={point} isMine={isMine} />}
    </Screen>
  )
}

function Offer({ point, isMine }: { point: OfferedPoint; isMine: boolean }) {
  const { t, format } = usePreferences()
  const { go } = useNavigation()
  const central = useCentral()
  const paying = usePaying()
  const { isBusy, error, run } = useDoing()
  const [wish, setWish] = useState<Wish>(() => resumed(point.cp_id) ?? USUAL)
  const [vehicle, setVehicle] = useState<OwnVehicle | null>(null)
  const tariff = useAsked(`tariff ${point.cp_id}`, () => central.tariff(point.cp_id))
  const estimate = useAsked(`estimate ${point.cp_id} ${JSON.stringify(wish)}`, () => central.estimate(point.cp_id, wish))
  const [word, tone] = isMine ? ([t.states.yours, 'good'] as const) : standing(point, t)
  const canStart = point.free || isMine

  const addCard = () => {
    leaveWith(point.cp_id, wish)
    go({ name: 'card' })
  }
  const start = () =>
    run(async () => {
      await central.charge({ cp_id: point.cp_id, ...wish }, newKey())
      go({ name: 'charging' })
    })
  return (
    <>
      <Card>
        <Row wrap end>
          <Mark tone={tone}>{word}</Mark>
          <Words tone="muted">{[point.location, point.site_id].filter(Boolean).join(' · ')}</Words>
        </Row>
        <Fact name={t.point.power}>{format.kw(point.kw_rate)}</Fact>
        <Prices point={point} tariff={tariff.data} />
      </Card>
      <Card>
        <Heading>{t.point.how}</Heading>
        <WishChoice wish={wish} onChange={setWish} onVehicle={setVehicle} />
        <Estimate estimate={estimate.data} isExample={wish.kwh === undefined && wish.minutes === undefined} vehicle={vehicle} />
        <WhatIsHeld paying={paying} isBusy={isBusy} />
        <Refusal error={error} />
        <Button kind="main" icon="bolt" label={isBusy ? t.point.starting : t.point.start} onPress={paying.needsCard ? addCard : start} busy={isBusy} disabled={!canStart} />
        <Button icon="calendar" label={t.point.reserve} onPress={() => go({ name: 'book', id: point.cp_id })} />
        {point.site_id !== null && !canStart && (
          <Button icon="people" label={t.point.queue} onPress={() => go({ name: 'site', id: point.site_id! })} />
        )}
      </Card>
    </>
  )
}

interface EstimateProps {
  estimate: EstimateView | null
  isExample: boolean
  vehicle: OwnVehicle | null
}

function Estimate({ estimate, isExample, vehicle }: EstimateProps) {
  const { t, format } = usePreferences()
  if (estimate === null) return <Words tone="muted">{t.loading}</Words>
  const time = format.minutes(estimate.minutes)
  const slower = minutesOf(vehicle, estimate.kwh, estimate.kw)
  return (
    <Row end>
      <Words tone="muted" style={{ flexShrink: 1 }}>
        {`${t.point.estimate}: ${isExample ? t.point.half(time) : t.point.estimated(format.kwh(estimate.kwh), time)}${slower === null ? '' : ` ${t.point.vehicleSlower(format.minutes(slower))}`}`}
      </Words>
      <Words kind="figure" tone="brandInk" polite>
        {format.microEuros(estimate.price.gross)}
      </Words>
    </Row>
  )
}

