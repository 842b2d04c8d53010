/** A map of the sites, drawn from land that is in the app: pushed by a finger, made larger and smaller by buttons. */
import { useMemo, useRef, useState } from 'react'
import { PanResponder, Pressable, View } from 'react-native'
import Svg, { Path } from 'react-native-svg'
import atlas from 'world-atlas/countries-110m.json'
import { countriesOf, THOUSAND, type Topology } from '../../../../console/src/pages/map/land.ts'
import { drawnAt, fit, project, pushed, type Sight, zoomed } from '../../../../console/src/pages/map/mercator.ts'
import type { OfferedSite } from '../../api/types'
import { IconButton } from '../../look/Button'
import { Empty } from '../../look/Notice'
import { radius, space, TARGET, useColours } from '../../look/theme'
import { Words } from '../../look/Words'
import { useNavigation } from '../../nav/navigation'
import { useCentral } from '../../state/account'
import { useAsked } from '../../state/asking'
import { usePreferences } from '../../state/preferences'
import { Pending } from '../Near'
import { SiteCard } from './PlaceCards'

const LOOK_MS = 5_000
const HEIGHT = 380
const STEP = 2

type Placed = OfferedSite & { coordinates: NonNullable<OfferedSite['coordinates']> }

export function SiteMap({ wanted }: { wanted: string }) {
  const { t, sentence } = usePreferences()
  const central = useCentral()
  const { data, error } = useAsked(`map ${wanted}`, () => central.sites({ q: wanted, limit: 500 }), { everyMs: LOOK_MS })
  if (data === null) return <Pending error={error} sentence={sentence} />
  const placed = data.items.filter((site): site is Placed => site.coordinates !== null)
  if (placed.length === 0) return <Empty icon="near" title={t.near.noPlace} />
  return <Land sites={placed} key={placed.map((site) => site.site_id).join()} />
}

function Land({ sites }: { sites: Placed[] }) {
  const colours = useColours()
  const { t } = usePreferences()
  const [width, setWidth] = useState(0)
  const [chosen, choose] = useState<string | null>(null)
  const size = { width, height: HEIGHT }
  const places = sites.map((site) => project(site.coordinates))
  const [moved, move] = useState<Sight | null>(null)
  const sight = moved ?? fit(places, { width: width || 320, height: HEIGHT })
  const countries = useMemo(() => countriesOf(atlas as unknown as Topology), [])
  const now = useRef({ sight, size })
  now.current = { sight, size }
  const [hand] = useState(() => handOf(now, move))
  const zoom = (factor: number) => move(zoomed(sight, factor, { x: width / 2, y: HEIGHT / 2 }, size))
  const scale = sight.scale / THOUSAND
  const origin = drawnAt({ x: 0, y: 0 }, sight, size)
  const site = sites.find((each) => each.site_id === chosen)
  return (
    <View style={{ gap: space.m }}>
      <View
        role="group"
        aria-label={t.near.mapLabel}
        onLayout={({ nativeEvent }) => setWidth(nativeEvent.layout.width)}
        style={{ height: HEIGHT, borderRadius: radius.card, overflow: 'hidden', backgroundColor: colours.sea, borderWidth: 1, borderColor: colours.line }}
        {...hand.panHandlers}
      >
        {width > 0 && (
          <View aria-hidden>
            <Svg width={width} height={HEIGHT}>
              {countries.map(({ path }, at) => (
                <Path
                  key={at}
                  d={path}
                  fill={colours.land}
                  stroke={colours.sea}
                  strokeWidth={1 / scale}
                  transform={`translate(${origin.x} ${origin.y}) scale(${scale})`}
                />
              ))}
            </Svg>
          </View>
        )}
        {width > 0 && sites.map((each, at) => <Pin key={each.site_id} site={each} at={drawnAt(places[at]!, sight, size)} isChosen={each.site_id === chosen} onPress={() => choose(each.site_id)} />)}
        <View style={{ position: 'absolute', right: space.s, bottom: space.s, gap: space.xs }}>
          <IconButton name="plus" label={t.near.larger} onPress={() => zoom(STEP)} framed />
          <IconButton name="minus" label={t.near.smaller} onPress={() => zoom(1 / STEP)} framed />
        </View>
      </View>
      {site && <SiteCard site={site} />}
    </View>
  )
}

interface PinProps {
  site: Placed
  at: { x: number; y: number }
  isChosen: boolean
  onPress: () => void
}

function Pin({ site, at, isChosen, onPress }: PinProps) {
  const colours = useColours()
  const { t } = usePreferences()
  const { go } = useNavigation()
  const isFree = site.free > 0
  const name = site.name || site.site_id
  return (
    <Pressable
      role="button"
      aria-label={`${name}, ${t.near.freeOf(site.free, site.points)}`}
      onPress={() => (isChosen ? go({ name: 'site', id: site.site_id }) : onPress())}
      style={{ position: 'absolute', left: at.x - TARGET / 2, top: at.y - TARGET / 2, width: TARGET, height: TARGET, alignItems: 'center', justifyContent: 'center' }}
    >
      <View
        style={{ minWidth: 34, height: 34, paddingHorizontal: space.s, borderRadius: radius.pill, alignItems: 'center', justifyContent: 'center', backgroundColor: isFree ? colours.brand : colours.muted, borderWidth: isChosen ? 4 : 2, borderColor: colours.surface }}
      >
        <Words strong style={{ color: isFree ? colours.onBrand : colours.page }}>
          {String(site.free)}
        </Words>
      </View>
    </Pressable>
  )
}

/** A finger that pushes the map. */
function handOf(now: { current: { sight: Sight; size: { width: number; height: number } } }, move: (sight: Sight) => void) {
  let begun: Sight | null = null
  return PanResponder.create({
    onMoveShouldSetPanResponder: (_, { dx, dy }) => Math.abs(dx) + Math.abs(dy) > 6,
    onPanResponderGrant: () => (begun = now.current.sight),
    onPanResponderMove: (_, { dx, dy }) => begun && move(pushed(begun, dx, dy, now.current.size)),
    onPanResponderRelease: () => (begun = null),
    onPanResponderTerminationRequest: () => false,
  })
}
