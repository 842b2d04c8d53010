/** A point and a site, as they are listed. */
import { View } from 'react-native'
import type { Coordinates, OfferedPoint, OfferedSite } from '../../api/types'
import { IconButton } from '../../look/Button'
import { Card, Mark, Row } from '../../look/Card'
import { space } from '../../look/theme'
import { Words } from '../../look/Words'
import { useNavigation } from '../../nav/navigation'
import { usePreferences } from '../../state/preferences'
import type { Texts } from '../../texts'
import { distance } from './distance'

type Tone = 'good' | 'warn' | 'bad' | 'quiet'

/** How a point stands, in a word. */
export function standing(point: OfferedPoint, t: Texts): readonly [string, Tone] {
  if (point.free) return [t.states.ACTIVATED, 'good']
  if (point.occupied) return [t.states.occupied, 'warn']
  if (point.state === 'ACTIVATED') return [t.states.kept, 'warn']
  const tones = { SUPPLYING: 'quiet', STOPPED: 'warn', FAULT: 'bad', DISCONNECTED: 'quiet' } as const
  return [t.states[point.state], tones[point.state]]
}

export function PointCard({ point, liked = true }: { point: OfferedPoint; liked?: boolean }) {
  const { t, format } = usePreferences()
  const { go } = useNavigation()
  const [word, tone] = standing(point, t)
  const price = t.near.perKwh(format.price(point.euros_per_kwh))
  const place = point.location || point.site_id || ''
  return (
    <View>
      <Card onPress={() => go({ name: 'point', id: point.cp_id })}>
        <View style={{ paddingRight: liked ? 44 : 0 }}>
          <Words strong kind="lead" lines={1}>
            {point.cp_id}
          </Words>
          <Words tone="muted" lines={1}>
            {[place, point.location ? point.site_id : null].filter(Boolean).join(' · ')}
          </Words>
        </View>
        <Row wrap end>
          <Mark tone={tone}>{word}</Mark>
          <Row>
            <Words tone="muted">{format.kw(point.kw_rate)}</Words>
            <Words strong>{price}</Words>
          </Row>
        </Row>
      </Card>
      {liked && <Star id={point.cp_id} name={point.cp_id} />}
    </View>
  )
}

interface SiteCardProps {
  site: OfferedSite
  here?: Coordinates | null
}

export function SiteCard({ site, here = null }: SiteCardProps) {
  const { t, format } = usePreferences()
  const { go } = useNavigation()
  const name = site.name || site.site_id
  const far = here && site.coordinates ? format.km(distance(here, site.coordinates)) : null
  const free = t.near.freeOf(site.free, site.points)
  const price = site.euros_per_kwh === null ? '' : t.near.fromPrice(format.price(site.euros_per_kwh))
  const waiting = site.waiting > 0 ? t.near.waiting(site.waiting) : ''
  return (
    <View>
      <Card onPress={() => go({ name: 'site', id: site.site_id })}>
        <View style={{ paddingRight: 44 }}>
          <Words strong kind="lead" lines={1}>
            {name}
          </Words>
          <Words tone="muted" lines={1}>
            {[far, site.address || (site.name ? site.site_id : '')].filter(Boolean).join(' · ')}
          </Words>
        </View>
        <Row wrap end>
          <Row wrap>
            <Mark tone={site.free > 0 ? 'good' : 'quiet'}>{free}</Mark>
            {waiting !== '' && <Mark tone="warn">{waiting}</Mark>}
          </Row>
          <Row>
            {site.kw_rate !== null && <Words tone="muted">{format.kw(site.kw_rate)}</Words>}
            <Words strong>{price}</Words>
          </Row>
        </Row>
      </Card>
      <Star id={site.site_id} name={name} />
    </View>
  )
}

/** Beside the card that is pressed, and not inside of it. */
function Star({ id, name }: { id: string; name: string }) {
  const { t, favourites, toggleFavourite } = usePreferences()
  const isLiked = favourites.includes(id)
  return (
    <View style={{ position: 'absolute', top: space.xs, right: space.xs }}>
      <IconButton name="star" label={t.near.favourite(name)} pressed={isLiked} filled={isLiked} onPress={() => toggleFavourite(id)} />
    </View>
  )
}
