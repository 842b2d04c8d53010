/** A point is found by its code: scanned where there is a camera, or typed. */
import { useState } from 'react'
import { Button } from '../look/Button'
import { Card } from '../look/Card'
import { Field } from '../look/Field'
import { Notice } from '../look/Notice'
import { Screen } from '../look/Screen'
import { useNavigation } from '../nav/navigation'
import { pointIn } from '../nav/route'
import { usePreferences } from '../state/preferences'
import { Scanner } from './scan/Scanner'

export function Scan() {
  const { t } = usePreferences()
  const { turn } = useNavigation()
  const [text, setText] = useState('')
  const [looks, look] = useState(false)
  const [isBlind, setBlind] = useState(false)
  const typed = pointIn(text)
  const go = (id: string | null) => id !== null && turn({ name: 'point', id })
  return (
    <Screen title={t.scan.title} backable>
      <Card>
        <Field label={t.scan.type} placeholder={t.scan.example} value={text} onChange={setText} autoCapitalize="characters" onSubmitEditing={() => go(typed)} />
        <Button kind="main" label={t.scan.go} onPress={() => go(typed)} disabled={typed === null} />
      </Card>
      {!looks && !isBlind && <Button icon="scan" label={t.scan.camera} onPress={() => look(true)} />}
      {looks && !isBlind && <Scanner onCode={(code) => go(pointIn(code))} onBlind={() => setBlind(true)} />}
      {isBlind && <Notice>{t.scan.noCamera}</Notice>}
    </Screen>
  )
}
