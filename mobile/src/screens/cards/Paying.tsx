/** What a driver is told about paying before a charge begins, and where it is refused for want of money. */
import { Button } from '../../look/Button'
import { Notice } from '../../look/Notice'
import { Words } from '../../look/Words'
import { useNavigation } from '../../nav/navigation'
import type { Paying } from '../../state/paying'
import { usePreferences } from '../../state/preferences'
import { cardName, cardTroubleOf } from './words'

interface HoldProps {
  paying: Paying
  isBusy: boolean
}

/** What is held, before a charge and while it is asked for. */
export function WhatIsHeld({ paying, isBusy }: HoldProps) {
  const { t, format } = usePreferences()
  if (!paying.isOn) return null
  if (isBusy) {
    return (
      <Notice tone="good" icon="clock">
        {t.cards.holding}
      </Notice>
    )
  }
  const { card, limitCents } = paying
  const isKnown = card !== null && limitCents !== null
  const text = paying.needsCard ? t.cards.first : isKnown ? t.cards.held(format.cents(limitCents), cardName(card)) : null
  return text === null ? null : <Words tone="muted">{text}</Words>
}

/** Which card pays for a booking. */
export function WhatPays({ paying }: { paying: Paying }) {
  const { t } = usePreferences()
  const text = paying.needsCard ? t.cards.first : paying.card ? t.cards.pays(cardName(paying.card)) : null
  return text === null ? null : <Words tone="muted">{text}</Words>
}

/** Why it was refused; what is wrong with a card leads to the cards. */
export function Refusal({ error }: { error: unknown }) {
  const { t, sentence } = usePreferences()
  if (error === null) return null
  const trouble = cardTroubleOf(error, t)
  return (
    <>
      <Notice tone="bad">{trouble ?? sentence(error)}</Notice>
      {trouble !== null && <ToCards />}
    </>
  )
}

export function ToCards() {
  const { t } = usePreferences()
  const { go } = useNavigation()
  return <Button icon="card" label={t.cards.see} onPress={() => go({ name: 'cards' })} />
}
