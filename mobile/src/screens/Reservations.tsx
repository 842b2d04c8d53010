/** The driver's bookings: those to come, which can be cancelled, and those before. */
import { useState } from 'react'
import type { ReservationView } from '../api/types'
import { Button } from '../look/Button'
import { Card, Mark, Row } from '../look/Card'
import { Empty, Notice } from '../look/Notice'
import { Screen } from '../look/Screen'
import { Heading, Words } from '../look/Words'
import { useNavigation } from '../nav/navigation'
import { useCentral } from '../state/account'
import { useAsked, useDoing } from '../state/asking'
import { useLive } from '../state/live'
import { usePreferences } from '../state/preferences'
import { Pending } from './Near'

/** Its state changes by time, too. */
const LOOK_MS = 15_000

export function Reservations() {
  const { t, sentence } = usePreferences()
  const { go } = useNavigation()
  const { own } = useLive()
  const central = useCentral()
  const { data, error, again } = useAsked(`reservations ${own.reservations}`, central.reservations, { everyMs: LOOK_MS })
  const isActive = ({ status }: ReservationView) => status === 'BOOKED' || status === 'HELD'
  const upcoming = (data?.items ?? []).filter(isActive).sort((a, b) => Date.parse(a.begins_at) - Date.parse(b.begins_at))
  const past = (data?.items ?? []).filter((each) => !isActive(each))
  return (
    <Screen title={t.reservations.title}>
      {data === null && <Pending error={error} sentence={sentence} />}
      {data !== null && upcoming.length === 0 && <Empty icon="calendar" title={t.reservations.none} />}
      {upcoming.length > 0 && <Heading>{t.reservations.upcoming}</Heading>}
      {upcoming.map((each) => (
        <Booking key={each.reservation_id} booking={each} onChange={again} />
      ))}
      {data !== null && <Button icon="near" label={t.reservations.choose} onPress={() => go({ name: 'near' })} kind={upcoming.length === 0 ? 'main' : 'plain'} />}
      {past.length > 0 && <Heading>{t.reservations.past}</Heading>}
      {past.map((each) => (
        <Booking key={each.reservation_id} booking={each} onChange={again} />
      ))}
    </Screen>
  )
}

const TONES = { BOOKED: 'good', HELD: 'good', USED: 'quiet', CANCELLED: 'quiet', NO_SHOW: 'bad', FAILED: 'bad', MOVED: 'warn', REFUSED: 'bad' } as const

function Booking({ booking, onChange }: { booking: ReservationView; onChange: () => void }) {
  const { t, format } = usePreferences()
  const { go } = useNavigation()
  return (
    <Card>
      <Row end wrap>
        <Words strong kind="lead">
          {booking.cp_id}
        </Words>
        <Mark tone={TONES[booking.status]}>{t.reservations.statuses[booking.status]}</Mark>
      </Row>
      <Words>{`${format.day(booking.begins_at)}, ${format.time(booking.begins_at)}–${format.time(booking.ends_at)}`}</Words>
      {booking.euros > 0 && <Button label={`${t.receipt.fee}: ${format.euros(booking.euros)}`} onPress={() => go({ name: 'fee', id: booking.reservation_id })} />}
      {booking.status === 'HELD' && <Button kind="main" icon="bolt" label={t.reservations.charge} onPress={() => go({ name: 'point', id: booking.cp_id })} />}
      {(booking.status === 'BOOKED' || booking.status === 'HELD') && <Cancel booking={booking} onChange={onChange} />}
    </Card>
  )
}

function Cancel({ booking, onChange }: { booking: ReservationView; onChange: () => void }) {
  const { t, format, sentence } = usePreferences()
  const central = useCentral()
  const { isBusy, error, run } = useDoing()
  const [asks, ask] = useState(false)
  const cancel = () =>
    run(async () => {
      await central.cancel(booking.reservation_id)
      onChange()
    })
  if (!asks) return <Button label={t.reservations.cancel} onPress={() => ask(true)} />
  return (
    <>
      {booking.late_cancel_euros > 0 && <Words tone="muted">{t.reservations.late(format.euros(booking.late_cancel_euros))}</Words>}
      {error !== null && <Notice tone="bad">{sentence(error)}</Notice>}
      <Row wrap>
        <Button kind="bad" label={t.reservations.cancelSure} onPress={cancel} busy={isBusy} />
        <Button label={t.reservations.keep} onPress={() => ask(false)} />
      </Row>
    </>
  )
}
