/** The cards of the account: which there are, which one pays, and a new one. */
import { useState } from 'react'
import type { CardView } from '../api/types'
import { Button } from '../look/Button'
import { Card, Mark, Row } from '../look/Card'
import { Empty, Notice } from '../look/Notice'
import { Screen } from '../look/Screen'
import { Words } from '../look/Words'
import { useNavigation } from '../nav/navigation'
import { useCentral } from '../state/account'
import { useAsked, useDoing } from '../state/asking'
import { usePreferences } from '../state/preferences'
import { NewCard } from './cards/NewCard'
import { cardName, lastMonth } from './cards/words'
import { Pending } from './Near'

export function Cards() {
  const { t, sentence } = usePreferences()
  const central = useCentral()
  const { data, error, again } = useAsked('cards', central.cards)
  return (
    <Screen title={t.cards.title} backable>
      {data === null && <Pending error={error} sentence={sentence} />}
      {data !== null && data.items.length === 0 && <Empty icon="card" title={t.cards.none} />}
      {data?.items.map((card) => (
        <OneCard key={card.card_id} card={card} onChanged={again} />
      ))}
      {data !== null && <NewCard onAdded={again} />}
    </Screen>
  )
}

/** Where a card is needed before a charge or a booking: once it is there, the driver is back at that. */
export function AddCard() {
  const { t } = usePreferences()
  const { back } = useNavigation()
  return (
    <Screen title={t.cards.addTitle} backable>
      <Words tone="muted">{t.cards.first}</Words>
      <NewCard onAdded={back} />
    </Screen>
  )
}

interface OneProps {
  card: CardView
  onChanged: () => void
}

function OneCard({ card, onChanged }: OneProps) {
  const { t, sentence } = usePreferences()
  const central = useCentral()
  const { isBusy, error, run } = useDoing()
  const [asks, ask] = useState(false)
  const name = cardName(card)
  const change = (work: () => Promise<unknown>) =>
    run(async () => {
      await work()
      onChanged()
    })
  return (
    <Card>
      <Row end wrap>
        <Words strong kind="lead">
          {name}
        </Words>
        {card.is_default && <Mark tone="good">{t.cards.default}</Mark>}
      </Row>
      <Words tone={card.has_expired ? 'bad' : 'muted'}>{(card.has_expired ? t.cards.expired : t.cards.until)(lastMonth(card.expires))}</Words>
      {error !== null && <Notice tone="bad">{sentence(error)}</Notice>}
      {asks && <Notice tone="bad">{t.cards.removeText}</Notice>}
      <Row wrap>
        {asks && <Button kind="bad" label={t.cards.removeSure} onPress={() => change(() => central.removeCard(card.card_id))} busy={isBusy} />}
        {asks && <Button label={t.cards.keep} onPress={() => ask(false)} disabled={isBusy} />}
        {!asks && !card.is_default && !card.has_expired && (
          <Button label={t.cards.choose} hint={`${t.cards.choose}: ${name}`} onPress={() => change(() => central.chooseCard(card.card_id))} busy={isBusy} />
        )}
        {!asks && <Button label={t.cards.remove} hint={`${t.cards.remove}: ${name}`} onPress={() => ask(true)} disabled={isBusy} />}
      </Row>
    </Card>
  )
}
