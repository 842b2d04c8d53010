/** What was billed, month by month. */
import { useState } from 'react'
import { View } from 'react-native'
import type { OwnPayment, TicketView } from '../api/types'
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
import { isPending, paidWords } from './receipt/paying'

/** So long before a charge its payment may have been asked for. */
const BEFORE_MS = 24 * 3_600_000

interface Page {
  items: TicketView[]
  next: string | null
  payments: OwnPayment[]
}

export function History() {
  const { t, format, sentence } = usePreferences()
  const central = useCentral()
  const { own } = useLive()
  const { isBusy, error, run } = useDoing()
  const first = useAsked(`tickets ${own.ended.length}`, () => pageAfter())
  const [later, setLater] = useState<Page | null>(null)
  const next = later === null ? (first.data?.next ?? null) : later.next
  const all = [...(first.data?.items ?? []), ...(later?.items ?? [])]
  const months = byMonth(all, (moment) => format.month(moment), next !== null)

  const payments = new Map([...(first.data?.payments ?? []), ...(later?.payments ?? [])].map((each) => [each.session_id, each]))

  async function pageAfter(after?: string): Promise<Page> {
    const page = await central.tickets(after)
    const oldest = page.items.at(-1)
    const from = oldest && new Date(Date.parse(oldest.started_at) - BEFORE_MS).toISOString()
    return { ...page, payments: from === undefined ? [] : (await central.payments(from)).items }
  }
  const more = () =>
    run(async () => {
      const page = await pageAfter(next!)
      const [items, paid] = [later?.items ?? [], later?.payments ?? []]
      setLater({ items: [...items, ...page.items], next: page.next, payments: [...paid, ...page.payments] })
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
            <Bill key={ticket.session_id} ticket={ticket} payment={payments.get(ticket.session_id) ?? null} />
          ))}
        </View>
      ))}
      {error !== null && <Notice tone="bad">{sentence(error)}</Notice>}
      {next !== null && <Button label={t.more} onPress={more} busy={isBusy} />}
    </Screen>
  )
}

function Bill({ ticket, payment }: { ticket: TicketView; payment: OwnPayment | null }) {
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
          {payment && (
            <Words kind="small" tone={payment.owed_cents > 0 && !isPending(payment.state) ? 'warn' : 'muted'}>
              {paidWords(payment, t, format)}
            </Words>
          )}
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
