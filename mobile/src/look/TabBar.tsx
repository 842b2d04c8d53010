/** The five places of the app, at the bottom of the screen. */
import { Pressable, useWindowDimensions, View } from 'react-native'
import { useNavigation } from '../nav/navigation'
import { type Tab, tabOf } from '../nav/route'
import { usePreferences } from '../state/preferences'
import { Icon, type IconName } from './Icon'
import { space, useColours } from './theme'
import { SCREEN_ONLY, web } from './web'
import { FONT } from './Words'
import { Text } from 'react-native'

const TABS: readonly (readonly [Tab, IconName])[] = [
  ['near', 'near'],
  ['charging', 'bolt'],
  ['history', 'history'],
  ['reservations', 'calendar'],
  ['profile', 'person'],
]

export function TabBar({ isCharging }: { isCharging: boolean }) {
  const colours = useColours()
  const { route, go } = useNavigation()
  const { t } = usePreferences()
  const { width } = useWindowDimensions()
  const current = tabOf(route)
  return (
    <View
      role="navigation"
      aria-label={t.app}
      style={{ flexDirection: 'row', justifyContent: 'center', backgroundColor: colours.surface, borderTopWidth: 1, borderColor: colours.line, paddingBottom: space.xs }}
      {...SCREEN_ONLY}
    >
      {TABS.map(([tab, icon]) => {
        const isHere = tab === current
        const tone = isHere ? colours.brandInk : colours.muted
        return (
          <Pressable
            key={tab}
            role="link"
            {...web({ 'aria-current': isHere ? 'page' : undefined })}
            onPress={() => go({ name: tab })}
            style={{ flexGrow: 1, flexBasis: 0, maxWidth: 140, minHeight: 56, alignItems: 'center', justifyContent: 'center', gap: 2 }}
          >
            <View>
              <Icon name={icon} colour={tone} filled={icon === 'bolt'} />
              {tab === 'charging' && isCharging && (
                <View style={{ position: 'absolute', top: -2, right: -6, width: 10, height: 10, borderRadius: 5, backgroundColor: colours.brand }} />
              )}
            </View>
            <Text numberOfLines={1} style={{ color: tone, fontFamily: FONT, fontSize: width < 360 ? 11 : 12, fontWeight: isHere ? '700' : '500' }}>
              {t.tabs[tab]}
            </Text>
          </Pressable>
        )
      })}
    </View>
  )
}
