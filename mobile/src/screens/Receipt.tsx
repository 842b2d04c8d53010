/** What a charge cost, by lines, as it is billed. */
import { Share, View } from 'react-native'
import { Refused } from '../api/problem'
import type { ReceiptView } from '../api/types'
import { Button } from '../look/Button'
import { Card, Fact, Row } from '../look/Card'
import { Notice } from '../look/Notice'
import { Screen } from '../look/Screen'
import { space, useColours } from '../look/theme'
import { isWeb, SCREEN_ONLY } from '../look/web'
import { Words } from '../look/Words'
import { useNavigation } from '../nav/navigation'
import { useCentral } from '../state/account'
import { useAsked } from '../state/asking'
import { usePreferences } from '../state/preferences'
import { said } from '../texts'
import { Pending } from './Near'
import { Paid } from './receipt/Paid'
import { isPending } from './receipt/paying'

/** A receipt may be there a moment after the last reading, and what it comes to is taken from the card a moment later. */
const LOOK_MS = 2_000

export function Receipt({ sessionId }: { sessionId: string }) {
  const central = useCentral()
  return <ReceiptScreen name={sessionId} ask={() => central.receipt(sessionId)} />
}

export function FeeReceipt({ reservationId }: { reservationId: string }) {
  const central = useCentral()
  return <ReceiptScreen name={reservationId} ask={() => central.feeReceipt(reservationId)} />
}

function ReceiptScreen({ name, ask }: { name: string; ask: () => Promise<ReceiptView> }) {
  const { t, sentence } = usePreferences()
  const { go } = useNavigation()
  const { data, error } = useAsked(`receipt ${name}`, ask, {
    everyMs: LOOK_MS,
    until: ({ paid }) => paid === null || !isPending(paid.state),
  })
  const isToCome = error instanceof Refused && error.status === 409
  return (
    <Screen title={t.receipt.title} backable>
      {data && <Paper receipt={data} />}
      {data === null && isToCome && <Notice icon="clock">{sentence(error)}</Notice>}
      {data === null && !isToCome && <Pending error={error} sentence={sentence} />}
      <View style={{ gap: space.s }} {...SCREEN_ONLY}>
        {data && <Ways receipt={data} />}
        <Button kind="main" label={t.receipt.done} onPress={() => go({ name: 'near' })} />
      </View>
    </Screen>
  )
}

function Paper({ receipt }: { receipt: ReceiptView }) {
  const { t, format, language } = usePreferences()
  const colours = useColours()
  const [first, last] = [receipt.readings[0], receipt.readings.at(-1)]
  return (
    <Card style={{ gap: space.m }}>
      <View style={{ alignItems: 'center', paddingVertical: space.m }}>
        <Words kind="huge" tone="brandInk">
          {format.microEuros(receipt.gross)}
        </Words>
        <Words tone="muted">{receipt.reservation_id && receipt.lines.length === 0 ? t.receipt.fee : format.kwh(receipt.kwh)}</Words>
        <Words tone="muted">{[receipt.cp_id, receipt.location].filter(Boolean).join(' · ')}</Words>
      </View>
      {receipt.lines.map((line, at) => (
        <View key={at} style={{ borderTopWidth: 1, borderColor: colours.line, paddingTop: space.s }}>
          <Fact name={lineName(line.name, line.component, t)}>{format.microEuros(line.micro_euros)}</Fact>
          {line.quantity_text !== '' && (
            <Words kind="small" tone="muted">{`${line.quantity_text} × ${line.unit_price_text}`}</Words>
          )}
        </View>
      ))}
      <View style={{ borderTopWidth: 1, borderColor: colours.line, paddingTop: space.s, gap: space.xs }}>
        <Fact name={t.receipt.net}>{format.microEuros(receipt.net)}</Fact>
        <Fact name={t.receipt.vat(format.percent(receipt.vat_permille))}>{format.microEuros(receipt.vat)}</Fact>
        <Fact name={t.receipt.total} strong>
          {format.microEuros(receipt.gross)}
        </Fact>
        {receipt.paid && <Paid paid={receipt.paid} />}
      </View>
      <View style={{ borderTopWidth: 1, borderColor: colours.line, paddingTop: space.s, gap: space.xs }}>
        <Fact name={t.receipt.tariff}>{receipt.tariff ?? t.receipt.single}</Fact>
        <Fact name={t.receipt.began}>{format.moment(receipt.started_at)}</Fact>
        <Fact name={t.receipt.ended}>{format.moment(receipt.ended_at)}</Fact>
        {receipt.unplugged_at !== null && <Fact name={t.receipt.unplugged}>{format.moment(receipt.unplugged_at)}</Fact>}
        {first && last && (
          <Fact name={t.receipt.meter}>{t.receipt.meters(format.number(first.register_kwh, 3), format.number(last.register_kwh, 3))}</Fact>
        )}
        <Fact name={t.receipt.why}>{said(language, receipt.ended_by).replace(/[«».]/g, '')}</Fact>
        <Fact name={t.receipt.number}>{receipt.number ?? receipt.session_id}</Fact>
      </View>
    </Card>
  )
}

function lineName(name: string, component: string, t: ReturnType<typeof usePreferences>['t']): string {
  const known: Record<string, string> = { energy: t.point.energy, charging_time: t.point.time, idle_time: t.point.idle, session: t.point.session }
  return known[component] ?? name
}

/** To somebody else, or onto paper. */
function Ways({ receipt }: { receipt: ReceiptView }) {
  const { t, format } = usePreferences()
  const text = [
    `${t.receipt.title} ${receipt.number ?? receipt.session_id}`,
    `${receipt.cp_id} ${receipt.location}, ${format.moment(receipt.ended_at)}`,
    `${format.kwh(receipt.kwh)}, ${format.microEuros(receipt.gross)}`,
  ].join('\n')
  const canShare = !isWeb || typeof navigator.share === 'function'
  return (
    <Row wrap>
      {canShare && <Button icon="share" label={t.receipt.share} onPress={() => void Share.share({ message: text, title: t.receipt.title }).catch(() => {})} />}
      {isWeb && <Button label={t.receipt.print} onPress={() => print()} />}
    </Row>
  )
}
