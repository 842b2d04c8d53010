/** A card is added by its number, which is forgotten as soon as it is sent. */
import { useState } from 'react'
import { Button } from '../../look/Button'
import { Card, Row } from '../../look/Card'
import { Field } from '../../look/Field'
import { Notice } from '../../look/Notice'
import { Heading, Words } from '../../look/Words'
import { useCentral } from '../../state/account'
import { useDoing } from '../../state/asking'
import { useAccess } from '../../state/paying'
import { usePreferences } from '../../state/preferences'
import { FOR_TESTS } from './forTests'
import { cardTroubleOf, digitsOf, expiryOf } from './words'

interface Props {
  onAdded: () => void
}

export function NewCard({ onAdded }: Props) {
  const { t } = usePreferences()
  const access = useAccess()
  if (access === null) return null
  if (!access.simulated_cards) return <Notice>{t.cards.elsewhere}</Notice>
  return (
    <Card>
      <Heading>{t.cards.add}</Heading>
      <Form onAdded={onAdded} />
      <Numbers />
    </Card>
  )
}

function Form({ onAdded }: Props) {
  const { t, sentence } = usePreferences()
  const central = useCentral()
  const { isBusy, error, run } = useDoing()
  const [number, setNumber] = useState('')
  const [expires, setExpires] = useState('')
  const [wrong, setWrong] = useState<string | null>(null)
  const add = () => {
    const [digits, month] = [digitsOf(number), expiryOf(expires)]
    setWrong(digits === null ? t.cards.noNumber : month === null ? t.cards.noMonth : null)
    if (digits === null || month === null) return
    setNumber('')
    run(async () => {
      await central.addCard(digits, month)
      setExpires('')
      onAdded()
    })
  }
  return (
    <>
      <Field label={t.cards.number} value={number} onChange={setNumber} inputMode="numeric" autoComplete="cc-number" placeholder="4242 4242 4242 4242" />
      <Field label={t.cards.expires} value={expires} onChange={setExpires} autoComplete="cc-exp" placeholder="12/30" onSubmitEditing={add} />
      {wrong !== null && <Notice tone="bad">{wrong}</Notice>}
      {wrong === null && error !== null && <Notice tone="bad">{cardTroubleOf(error, t) ?? sentence(error)}</Notice>}
      <Button kind="main" icon="plus" label={t.cards.addIt} onPress={add} busy={isBusy} />
    </>
  )
}

/** What may be typed: no other number is taken. */
function Numbers() {
  const { t } = usePreferences()
  const [isOpen, open] = useState(false)
  return (
    <>
      <Words kind="small" tone="muted">
        {t.cards.onlyTests}
      </Words>
      {!isOpen && <Button label={t.cards.showTests} onPress={() => open(true)} />}
      {isOpen &&
        FOR_TESTS.map(([each, what]) => (
          <Row key={each} end>
            <Words kind="small" style={{ flexShrink: 0 }}>
              {each}
            </Words>
            <Words kind="small" tone="muted" style={{ flexShrink: 1, textAlign: 'right' }}>
              {t.cards.tests[what]}
            </Words>
          </Row>
        ))}
    </>
  )
}
