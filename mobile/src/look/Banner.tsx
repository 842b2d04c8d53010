/** What a driver must not miss, wherever in the app: no connection, a point that is offered, a charge that goes on. */
import { View } from 'react-native'
import { useNavigation } from '../nav/navigation'
import { useLive } from '../state/live'
import { usePreferences } from '../state/preferences'
import { Button } from './Button'
import { Row } from './Card'
import { Notice } from './Notice'
import { COLUMN, space } from './theme'
import { SCREEN_ONLY } from './web'
import { Words } from './Words'

export function Banner() {
  const { own, isConnected } = useLive()
  const { route, go } = useNavigation()
  const { t, format } = usePreferences()
  const offer = own.queue.find((each) => each.status === 'OFFERED')
  const isElsewhere = route.name !== 'charging'
  const isLost = !isConnected && own.heardAt !== null
  const running = own.sessions[0]
  return (
    <View style={{ width: '100%', maxWidth: COLUMN, alignSelf: 'center', paddingHorizontal: space.l, gap: space.s }} {...SCREEN_ONLY}>
      {isLost && (
        <View style={{ paddingTop: space.s }}>
          <Notice icon="cloud">{`${t.offline} ${t.asOf(format.time(own.heardAt!, true))}.`}</Notice>
        </View>
      )}
      {offer && isElsewhere && (
        <View style={{ paddingTop: space.s }}>
          <Notice tone="good" icon="bolt">
            <Row wrap end>
              <Words style={{ flexShrink: 1 }}>{t.charging.offered(offer.cpId ?? '', format.time(offer.until ?? Date.now()))}</Words>
              <Button label={t.charging.seeNow} onPress={() => go({ name: 'charging' })} kind="main" />
            </Row>
          </Notice>
        </View>
      )}
      {running && isElsewhere && !offer && route.name !== 'receipt' && (
        <View style={{ paddingTop: space.s }}>
          <Notice tone="good" icon="bolt">
            <Row wrap end>
              <Words style={{ flexShrink: 1 }}>{t.charging.running(format.kwh(running.kwh), format.euros(running.euros))}</Words>
              <Button label={t.charging.seeNow} onPress={() => go({ name: 'charging' })} />
            </Row>
          </Notice>
        </View>
      )}
    </View>
  )
}
