/** What was billed, month by month. */
import { useState } from 'react'
import { View } from 'react-native'
import type { TicketView } from '../api/types'
import { Button } from '../look/Button'
import { Card, Row } from '../look/Card'
import { Empty, Notice } from '../look/Notice'
import { Screen } from '../look/Screen'
import { space } from '../look/theme'
import { Heading, Words } from '../look/Words'
import { useNavigation } from '../nav/navigation'
import { useCentral } from '../state/account'
import { useAsked, useDoing } from '../state/asking'
import { useLive } from '../state/live'
import { usePreferences } from '../state/preferences'
import { byMonth } from './history/months'
import { Pending } from './Near'

export function History() {
  const { t, format, sentence } = usePreferences()
  const central = useCentral()
  const { own } = useLive()
  const { isBusy, error, run } = useDoing()
  const first = useAsked(`tickets ${own.ended.length}`, () => central.tickets())
  const [later, setLater] = useState<{ items: TicketView[]; next: string | null } | null>(null)
  const next = later === null ? (first.data?.next ?? null) : later.next
  const all = [...(first.data?.items ?? []), ...(later?.items ?? [])]
  const months = byMonth(all, (moment) => format.month(moment), next !== null)

  const more = () =>
    run(async () => {
      const page = await central.tickets(next!)
      setLater({ items: [...(later?.items ?? []), ...page.items], next: page.next })
    })
  return (
    <Screen title={t.history.title}>
      {first.data === null && <Pending error={first.error} sentence={sentence} />}
      {first.data !== null && all.length === 0 && <Empty icon="history" title={t.history.none} />}
      {months.map((month) => (
        <View key={month.name} style={{ gap: space.s }}>
          <Row end wrap>
            <Heading>{month.name}</Heading>
            {month.isWhole && <Words strong>{t.history.total(format.kwh(month.kwh), format.euros(month.euros))}</Words>}
          </Row>
          {month.tickets.map((ticket) => (
            <Bill key={ticket.session_id} ticket={ticket} />
          ))}
        </View>
      ))}
      {error !== null && <Notice tone="bad">{sentence(error)}</Notice>}
      {next !== null && <Button label={t.more} onPress={more} busy={isBusy} />}
    </Screen>
  )
}

function Bill({ ticket }: { ticket: TicketView }) {
  const { t, format } = usePreferences()
  const { go } = useNavigation()
  const isFee = ticket.session_id === ticket.reservation_id
  const what = isFee ? t.receipt.fee : format.kwh(ticket.kwh)
  const open = () => go(isFee ? { name: 'fee', id: ticket.session_id } : { name: 'receipt', id: ticket.session_id })
  return (
    <Card onPress={open}>
      <Row end>
        <View style={{ flexShrink: 1 }}>
          <Words strong>{ticket.cp_id}</Words>
          <Words kind="small" tone="muted">
            {format.moment(ticket.ended_at)}
          </Words>
        </View>
        <View style={{ alignItems: 'flex-end' }}>
          <Words strong>{format.euros(ticket.euros)}</Words>
          <Words kind="small" tone="muted">
            {what}
          </Words>
        </View>
      </Row>
    </Card>
  )
}
