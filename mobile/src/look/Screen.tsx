/** What every screen is: a title, what it shows in one column, and a way back where it is not the first of its tab. */
import { type ReactNode, useEffect, useRef } from 'react'
import { ScrollView, Text, View } from 'react-native'
import { useNavigation } from '../nav/navigation'
import { usePreferences } from '../state/preferences'
import { IconButton } from './Button'
import { COLUMN, size, space, useColours } from './theme'
import { isWeb, SCREEN_ONLY, web } from './web'
import { headingStyle } from './Words'

interface Props {
  title: string
  children: ReactNode
  backable?: boolean
  action?: ReactNode
  wide?: boolean
}

export function Screen({ title, children, backable = false, action, wide = false }: Props) {
  const colours = useColours()
  const { back } = useNavigation()
  const { t } = usePreferences()
  const heading = useRef<Text>(null)
  const column = { width: '100%', maxWidth: wide ? 1100 : COLUMN, alignSelf: 'center' } as const

  useEffect(() => {
    if (!isWeb) return
    document.title = `${title} – ${t.app}`
    ;(heading.current as unknown as HTMLElement | null)?.focus?.()
  }, [title, t])

  return (
    <View role="main" style={{ flex: 1, backgroundColor: colours.page }}>
      <ScrollView contentContainerStyle={{ flexGrow: 1 }} keyboardShouldPersistTaps="handled" {...web({ tabIndex: 0 })}>
        <View style={[column, { padding: space.l, paddingBottom: space.xxl, gap: space.l }]}>
          <View style={{ flexDirection: 'row', alignItems: 'center', gap: space.s, minHeight: 48 }}>
            {backable && (
              <View style={{ marginLeft: -space.m }} {...SCREEN_ONLY}>
                <IconButton name="back" label={t.back} onPress={back} />
              </View>
            )}
            <Text
              ref={heading}
              role="heading"
              {...web({ 'aria-level': 1, tabIndex: -1 })}
              style={[headingStyle(colours, size.title), { flex: 1 }]}
            >
              {title}
            </Text>
            {action}
          </View>
          {children}
        </View>
      </ScrollView>
    </View>
  )
}
