/** Who is signed in, how the app looks and speaks, and the end of the account. */
import { useState } from 'react'
import { Button } from '../look/Button'
import { Card, Fact, Row } from '../look/Card'
import { Choice } from '../look/Field'
import { Notice } from '../look/Notice'
import { Screen } from '../look/Screen'
import { Heading, Words } from '../look/Words'
import { useNavigation } from '../nav/navigation'
import { useAccount } from '../state/account'
import { useDoing } from '../state/asking'
import { useAccess } from '../state/paying'
import { kept } from '../state/kept'
import { type Theme, usePreferences } from '../state/preferences'
import { LanguageChoice } from './SignIn'

const THEMES: readonly Theme[] = ['auto', 'light', 'dark']

export function Profile() {
  const { t, theme, setTheme } = usePreferences()
  const { stage } = useAccount()
  const { go } = useNavigation()
  const access = useAccess()
  if (stage.at !== 'in') return null
  return (
    <Screen title={t.profile.title}>
      <Card>
        <Words strong kind="lead">
          {stage.account.name}
        </Words>
        <Fact name={t.profile.id}>{stage.account.account_id}</Fact>
        <Button icon="car" label={t.vehicles.title} onPress={() => go({ name: 'vehicles' })} />
        {access?.payments && <Button icon="card" label={t.cards.title} onPress={() => go({ name: 'cards' })} />}
      </Card>
      <Card>
        <Heading>{t.profile.language}</Heading>
        <LanguageChoice />
        <Heading>{t.profile.theme}</Heading>
        <Choice label={t.profile.theme} options={THEMES.map((each) => [each, t.profile.themes[each]] as const)} value={theme} onChange={setTheme} />
      </Card>
      <Ends />
    </Screen>
  )
}

function Ends() {
  const { t, sentence } = usePreferences()
  const { logout, erase } = useAccount()
  const { isBusy, error, run } = useDoing()
  const [asks, ask] = useState<'leave' | 'erase' | null>(null)
  const leave = () => (kept.get('nameOnly') && asks === null ? ask('leave') : run(logout))
  return (
    <Card>
      {asks === 'leave' && <Notice>{t.profile.signOutWarning}</Notice>}
      {error !== null && <Notice tone="bad">{sentence(error)}</Notice>}
      {asks !== 'erase' && <Button label={t.profile.signOut} onPress={leave} busy={isBusy} />}
      {asks === null && <Button kind="bad" label={t.profile.erase} onPress={() => ask('erase')} />}
      {asks === 'erase' && (
        <>
          <Notice tone="bad">{t.profile.eraseText}</Notice>
          <Button kind="bad" label={t.profile.eraseSure} onPress={() => run(erase)} busy={isBusy} />
        </>
      )}
      {asks !== null && (
        <Row>
          <Button label={t.profile.keep} onPress={() => ask(null)} />
        </Row>
      )}
    </Card>
  )
}
