/** The door: an account is made, or somebody comes back to theirs. */
import { useState } from 'react'
import { ActivityIndicator, View } from 'react-native'
import { centralAt, setCentral } from '../api/place'
import type { Mode } from '../api/types'
import { Button } from '../look/Button'
import { Card } from '../look/Card'
import { Choice, Field } from '../look/Field'
import { Icon } from '../look/Icon'
import { Notice } from '../look/Notice'
import { Screen } from '../look/Screen'
import { space, useColours } from '../look/theme'
import { isWeb } from '../look/web'
import { Words } from '../look/Words'
import { useAccount } from '../state/account'
import { useDoing } from '../state/asking'
import { usePreferences } from '../state/preferences'
import { LANGUAGES } from '../texts'

export function SignIn({ mode }: { mode: Mode }) {
  const { register, login } = useAccount()
  const { t, sentence } = usePreferences()
  const { isBusy, error, run } = useDoing()
  const isOpen = mode === 'open'
  const [isNew, setNew] = useState(true)
  const [wantsPassword, wantPassword] = useState(!isOpen)
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const hasPassword = !isNew || wantsPassword

  const enter = () => {
    if (name.trim() === '' || isBusy) return
    run(() => (isNew ? register(name.trim(), hasPassword ? password : '') : login(name.trim(), password)))
  }
  return (
    <Screen title={t.signIn.welcome}>
      <Welcome>{isOpen ? t.signIn.open : t.signIn.secure}</Welcome>
      <Card>
        {!isWeb && <Server />}
        <Field label={t.signIn.name} value={name} onChange={setName} autoComplete="username" autoCapitalize="words" onSubmitEditing={enter} />
        {hasPassword ? (
          <Field
            label={isNew && isOpen ? t.signIn.optional : t.signIn.password}
            value={password}
            onChange={setPassword}
            secureTextEntry
            autoComplete={isNew ? 'new-password' : 'current-password'}
            onSubmitEditing={enter}
            {...(isNew ? { help: t.signIn.passwordHelp } : {})}
          />
        ) : null}
        {error !== null && <Notice tone="bad">{sentence(error)}</Notice>}
        <Button
          kind="main"
          label={isNew ? (isOpen ? t.signIn.start : t.signIn.register) : t.signIn.login}
          onPress={enter}
          busy={isBusy}
          disabled={name.trim() === ''}
        />
        {isNew && !wantsPassword && <Button label={t.signIn.withPassword} onPress={() => wantPassword(true)} />}
        <Button label={isNew ? t.signIn.have : t.signIn.haveNone} onPress={() => setNew(!isNew)} />
      </Card>
      <LanguageChoice />
    </Screen>
  )
}

function Welcome({ children }: { children: string }) {
  const colours = useColours()
  return (
    <View style={{ alignItems: 'center', gap: space.m, paddingVertical: space.l }}>
      <View style={{ padding: space.xl, borderRadius: 999, backgroundColor: colours.brand }}>
        <Icon name="bolt" colour={colours.onBrand} size={48} />
      </View>
      <Words centre tone="muted">
        {children}
      </Words>
    </View>
  )
}

/** A phone has to be told where Central is. */
function Server() {
  const { t } = usePreferences()
  const { left } = useAccount()
  const [address, setAddress] = useState(centralAt())
  const take = () => {
    setCentral(address.trim())
    left()
  }
  return <Field label={t.signIn.server} value={address} onChange={setAddress} inputMode="url" autoCapitalize="none" onSubmitEditing={take} />
}

export function LanguageChoice() {
  const { t, language, setLanguage } = usePreferences()
  return <Choice label={t.profile.language} options={LANGUAGES} value={language} onChange={setLanguage} />
}

/** Before it is known who is there. */
export function Waiting({ isUnreachable }: { isUnreachable: boolean }) {
  const colours = useColours()
  const { t } = usePreferences()
  return (
    <View role="main" style={{ flex: 1, justifyContent: 'center', alignItems: 'center', gap: space.l, padding: space.xl }}>
      <Icon name="bolt" colour={colours.brand} size={56} />
      <ActivityIndicator color={colours.brand} aria-label={t.loading} />
      {isUnreachable && <Notice icon="cloud">{t.unreachable}</Notice>}
      {isUnreachable && !isWeb && <Server />}
    </View>
  )
}
