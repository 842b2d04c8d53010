/** Points and sites: what is free, what it costs, how much power there is, and who waits. */
import { useDeferredValue, useState } from 'react'
import { useWindowDimensions, View } from 'react-native'
import type { Coordinates } from '../api/types'
import { Button, IconButton } from '../look/Button'
import { Choice, Field } from '../look/Field'
import { Empty, Notice } from '../look/Notice'
import { Screen } from '../look/Screen'
import { space, WIDE } from '../look/theme'
import { Words } from '../look/Words'
import { useNavigation } from '../nav/navigation'
import { useCentral } from '../state/account'
import { useAsked, useDoing } from '../state/asking'
import { usePreferences } from '../state/preferences'
import { canLocate, whereAmI } from '../state/where'
import { inOrder } from './places/distance'
import { PointCard, SiteCard } from './places/PlaceCards'
import { SiteMap } from './places/SiteMap'

type Shown = 'points' | 'sites' | 'map'

/** How often it is asked what is free, in ms. */
const LOOK_MS = 3_000
const PAGE = 30

/** As long as the app is open. */
let lastShown: Shown = 'points'
let lastHere: Coordinates | null = null

export function Near() {
  const { t } = usePreferences()
  const { go } = useNavigation()
  const [shown, setShown] = useState<Shown>(lastShown)
  const [text, setText] = useState('')
  const wanted = useDeferredValue(text.trim())
  const show = (chosen: Shown) => {
    lastShown = chosen
    setShown(chosen)
  }
  return (
    <Screen title={t.tabs.near} wide action={<IconButton name="scan" label={t.near.scan} framed onPress={() => go({ name: 'scan' })} />}>
      <Field label={t.near.search} hiddenLabel placeholder={t.near.search} value={text} onChange={setText} inputMode="search" autoCapitalize="none" />
      <Choice
        label={t.near.view}
        options={[
          ['points', t.near.points],
          ['sites', t.near.sites],
          ['map', t.near.map],
        ]}
        value={shown}
        onChange={show}
      />
      {shown === 'points' && <Points wanted={wanted} />}
      {shown === 'sites' && <Sites wanted={wanted} />}
      {shown === 'map' && <SiteMap wanted={wanted} />}
    </Screen>
  )
}

function Points({ wanted }: { wanted: string }) {
  const { t, favourites, sentence } = usePreferences()
  const central = useCentral()
  const [limit, setLimit] = useState(PAGE)
  const { data, error } = useAsked(`points ${wanted} ${limit}`, () => free(), { everyMs: LOOK_MS })

  /** Those that are free first, and then as many of the others as there is room for. */
  async function free() {
    const [ready, busy] = await Promise.all([
      central.points({ q: wanted, free: true, limit }),
      central.points({ q: wanted, free: false, limit }),
    ])
    const all = [...ready.items, ...busy.items]
    return { items: all.slice(0, limit), hasMore: all.length > limit || ready.next !== null || busy.next !== null }
  }

  if (data === null) return <Pending error={error} sentence={sentence} />
  const isLiked = (id: string) => favourites.includes(id)
  const items = [...data.items.filter((each) => isLiked(each.cp_id)), ...data.items.filter((each) => !isLiked(each.cp_id))]
  return (
    <>
      {error !== null && <Notice icon="cloud">{sentence(error)}</Notice>}
      {items.length === 0 && <Empty icon="search" title={t.near.none} />}
      <Grid>
        {items.map((point) => (
          <PointCard key={point.cp_id} point={point} />
        ))}
      </Grid>
      {data.hasMore && limit < 480 && <Button label={t.more} onPress={() => setLimit(limit + PAGE)} />}
    </>
  )
}

function Sites({ wanted }: { wanted: string }) {
  const { t, favourites, sentence } = usePreferences()
  const central = useCentral()
  const [here, setHere] = useState<Coordinates | null>(lastHere)
  const { isBusy, error: failed, run } = useDoing()
  const { data, error } = useAsked(`sites ${wanted}`, () => central.sites({ q: wanted, limit: 200 }), { everyMs: LOOK_MS })
  if (data === null) return <Pending error={error} sentence={sentence} />
  const items = inOrder(data.items, favourites, here)
  const locate = () => run(async () => setHere((lastHere = await whereAmI())))
  return (
    <>
      {error !== null && <Notice icon="cloud">{sentence(error)}</Notice>}
      {canLocate && here === null && items.some((each) => each.coordinates !== null) && (
        <Button icon="near" label={t.near.nearest} onPress={locate} busy={isBusy} />
      )}
      {failed !== null && <Notice>{t.near.nowhere}</Notice>}
      {items.length === 0 && <Empty icon="search" title={t.near.none} />}
      <Grid>
        {items.map((site) => (
          <SiteCard key={site.site_id} site={site} here={here} />
        ))}
      </Grid>
    </>
  )
}

/** One column on a phone, two where there is room. */
export function Grid({ children }: { children: React.ReactNode[] }) {
  const { width } = useWindowDimensions()
  const isWide = width >= WIDE
  return (
    <View role="list" style={{ flexDirection: 'row', flexWrap: 'wrap', margin: -space.s / 2 }}>
      {children.map((child, at) => (
        <View key={at} role="listitem" style={{ width: isWide ? '50%' : '100%', padding: space.s / 2 }}>
          {child}
        </View>
      ))}
    </View>
  )
}

export function Pending({ error, sentence }: { error: unknown; sentence: (error: unknown) => string }) {
  const { t } = usePreferences()
  if (error !== null) return <Notice tone="bad">{sentence(error)}</Notice>
  return (
    <Words tone="muted" centre>
      {t.loading}
    </Words>
  )
}
