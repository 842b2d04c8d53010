/** A point, or any point of a site, is booked for a time to come. */
import { useState } from 'react'
import { Pressable, ScrollView, useWindowDimensions, View } from 'react-native'
import { newKey } from '../api/central'
import { Button } from '../look/Button'
import { Card } from '../look/Card'
import { Choice } from '../look/Field'
import { Screen } from '../look/Screen'
import { radius, space, TARGET, useColours } from '../look/theme'
import { Heading, Words } from '../look/Words'
import { useNavigation } from '../nav/navigation'
import { useCentral } from '../state/account'
import { useAsked, useDoing } from '../state/asking'
import { useLive } from '../state/live'
import { usePaying } from '../state/paying'
import { usePreferences } from '../state/preferences'
import { leaveWith, resumed } from '../state/resumed'
import { Refusal, WhatPays } from './cards/Paying'
import { days, LENGTHS, type Slot, slots } from './reservations/times'

interface Props {
  cpId: string | null
  siteId: string | null
}

interface Choices {
  day: number
  minutes: string
  chosen: number | null
}

const WEEK_MS = 8 * 24 * 3_600_000

export function Book({ cpId, siteId }: Props) {
  const { t, format } = usePreferences()
  const { go, turn } = useNavigation()
  const { own } = useLive()
  const { width } = useWindowDimensions()
  const central = useCentral()
  const paying = usePaying()
  const { isBusy, error, run } = useDoing()
  const [now] = useState(Date.now)
  const where = `book ${cpId ?? siteId}`
  const [before] = useState(() => resumed<Choices>(where))
  const [day, setDay] = useState(before?.day ?? days(now)[0]!)
  const [minutes, setMinutes] = useState(before?.minutes ?? '60')
  const [chosen, choose] = useState(before?.chosen ?? null)
  const taken = useAsked(`calendar ${cpId} ${own.reservations}`, async () =>
    cpId === null ? [] : (await central.calendar(cpId, iso(now - WEEK_MS / 8), iso(now + WEEK_MS))).items,
  )
  const fees = useAsked(`fees ${cpId}`, async () => (cpId === null ? null : (await central.tariff(cpId)).tariff))
  const all = slots(day, Number(minutes), taken.data ?? [], now)
  const slot = all.find((each) => each.begins === chosen && each.isFree) ?? null

  const addCard = () => {
    leaveWith(where, { day, minutes, chosen })
    go({ name: 'card' })
  }
  const book = ({ begins, ends }: Slot) =>
    run(async () => {
      const place = cpId === null ? { site_id: siteId } : { cp_id: cpId }
      await central.book({ ...place, from: iso(begins), to: iso(ends) }, newKey())
      turn({ name: 'reservations' })
    })
  const dayName = (each: number, at: number) => [t.reservations.today, t.reservations.tomorrow][at] ?? format.shortDay(each)
  const [late, noShow] = [fees.data?.late_cancel_micro_euros ?? 0, fees.data?.no_show_micro_euros ?? 0]
  const gross = (micro: number) => format.microEuros((micro * (1000 + (fees.data?.vat_permille ?? 0))) / 1000)
  return (
    <Screen title={cpId ?? t.reservations.anyPoint(siteId ?? '')} backable>
      <Card>
        <Heading>{t.reservations.when}</Heading>
        <Choice columns={width < 480 ? 3 : 7} label={t.reservations.when} options={days(now).map((each, at) => [String(each), dayName(each, at)] as const)} value={String(day)} onChange={(each) => setDay(Number(each))} />
        <Heading>{t.reservations.length}</Heading>
        <Choice label={t.reservations.length} options={LENGTHS.map((each) => [String(each), format.minutes(each)] as const)} value={minutes} onChange={setMinutes} />
        <Heading>{t.reservations.start}</Heading>
        <Times all={all} chosen={slot?.begins ?? null} onChoose={choose} />
        <Words kind="small" tone="muted">
          {late === 0 && noShow === 0 ? t.reservations.free : [late > 0 ? t.reservations.late(gross(late)) : '', noShow > 0 ? t.reservations.noShow(gross(noShow)) : ''].join(' ').trim()}
        </Words>
        <WhatPays paying={paying} />
        <Refusal error={error} />
        <Button
          kind="main"
          icon="calendar"
          label={slot ? t.reservations.confirm(`${format.shortDay(slot.begins)}, ${format.time(slot.begins)}–${format.time(slot.ends)}`) : t.reservations.book}
          disabled={slot === null}
          busy={isBusy}
          onPress={() => (paying.needsCard ? addCard() : slot && book(slot))}
        />
      </Card>
    </Screen>
  )
}

interface TimesProps {
  all: Slot[]
  chosen: number | null
  onChoose: (begins: number) => void
}

function Times({ all, chosen, onChoose }: TimesProps) {
  const colours = useColours()
  const { t, format } = usePreferences()
  if (!all.some((slot) => slot.isFree)) return <Words tone="muted">{t.reservations.none_free}</Words>
  return (
    <ScrollView style={{ maxHeight: 268 }} nestedScrollEnabled>
      <View role="radiogroup" aria-label={t.reservations.start} style={{ flexDirection: 'row', flexWrap: 'wrap', gap: space.s, padding: 2 }}>
        {all.map(({ begins, isFree }) => {
          const isChosen = begins === chosen
          return (
            <Pressable
              key={begins}
              role="radio"
              aria-checked={isChosen}
              aria-label={isFree ? format.time(begins) : `${format.time(begins)}, ${t.reservations.taken}`}
              disabled={!isFree}
              onPress={() => onChoose(begins)}
              style={{ minWidth: 72, minHeight: TARGET, flexGrow: 1, alignItems: 'center', justifyContent: 'center', borderRadius: radius.small, backgroundColor: isChosen ? colours.brand : isFree ? colours.soft : colours.sunken }}
            >
              <Words strong={isChosen} tone={isChosen ? 'onBrand' : isFree ? 'brandInk' : 'muted'} style={isFree ? {} : { textDecorationLine: 'line-through' }}>
                {format.time(begins)}
              </Words>
            </Pressable>
          )
        })}
      </View>
    </ScrollView>
  )
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
