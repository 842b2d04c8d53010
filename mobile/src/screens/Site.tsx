/** One site: its points, any of which serves, and its queue. */
import { useState } from 'react'
import { newKey, type Wish } from '../api/central'
import { Button } from '../look/Button'
import { Card, Fact } from '../look/Card'
import { Screen } from '../look/Screen'
import { Heading, Words } from '../look/Words'
import { useNavigation } from '../nav/navigation'
import { useCentral } from '../state/account'
import { useAsked, useDoing } from '../state/asking'
import { useLive } from '../state/live'
import { usePaying } from '../state/paying'
import { usePreferences } from '../state/preferences'
import { leaveWith, resumed } from '../state/resumed'
import { Refusal, WhatIsHeld } from './cards/Paying'
import { Grid, Pending } from './Near'
import { PointCard } from './places/PlaceCards'
import { USUAL } from './wish/wish'
import { WishChoice } from './wish/WishChoice'

const LOOK_MS = 3_000

export function Site({ siteId }: { siteId: string }) {
  const { t, format, sentence } = usePreferences()
  const { go } = useNavigation()
  const { own } = useLive()
  const central = useCentral()
  const paying = usePaying()
  const { isBusy, error, run } = useDoing()
  const [wish, setWish] = useState<Wish>(() => resumed(siteId) ?? USUAL)
  const found = useAsked(`site ${siteId}`, look, { everyMs: LOOK_MS })

  async function look() {
    const [sites, points] = await Promise.all([
      central.sites({ q: siteId, limit: 200 }),
      central.points({ site_id: siteId, limit: 200 }),
    ])
    return { site: sites.items.find((each) => each.site_id === siteId) ?? null, points: points.items }
  }

  const addCard = () => {
    leaveWith(siteId, wish)
    go({ name: 'card' })
  }
  const ask = () =>
    run(async () => {
      await central.chargeAtSite(siteId, wish, newKey())
      go({ name: 'charging' })
    })

  const site = found.data?.site ?? null
  const waits = own.queue.some((each) => each.siteId === siteId)
  return (
    <Screen title={site?.name || siteId} backable wide>
      {found.data === null && <Pending error={found.error} sentence={sentence} />}
      {site && (
        <Card>
          {site.address !== '' && <Words tone="muted">{site.address}</Words>}
          <Fact name={t.near.free}>{t.near.freeOf(site.free, site.points)}</Fact>
          {site.euros_per_kwh !== null && <Fact name={t.point.price}>{t.near.fromPrice(format.price(site.euros_per_kwh))}</Fact>}
          {site.kw_rate !== null && <Fact name={t.point.power}>{format.kw(site.kw_rate)}</Fact>}
          <Words tone="muted">{t.site.queueNow(site.waiting)}</Words>
          <WishChoice wish={wish} onChange={setWish} />
          <WhatIsHeld paying={paying} isBusy={isBusy} />
          <Refusal error={error} />
          <Button
            kind="main"
            icon={site.free > 0 ? 'bolt' : 'people'}
            label={site.free > 0 ? t.site.any : t.site.anyBusy}
            onPress={paying.needsCard ? addCard : ask}
            busy={isBusy}
            disabled={waits}
          />
          <Button icon="calendar" label={t.site.reserve} onPress={() => go({ name: 'bookSite', id: siteId })} />
        </Card>
      )}
      {found.data && (
        <>
          <Heading>{t.site.points}</Heading>
          <Grid>
            {found.data.points.map((point) => (
              <PointCard key={point.cp_id} point={point} />
            ))}
          </Grid>
        </>
      )}
    </Screen>
  )
}
