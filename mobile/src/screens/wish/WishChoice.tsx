/** How much is wanted: energy, time, what a battery takes, or until the driver stops. */
import { useEffect, useState } from 'react'
import { View } from 'react-native'
import type { Wish } from '../../api/central'
import type { OwnVehicle } from '../../api/types'
import { Button } from '../../look/Button'
import { Choice, Stepper } from '../../look/Field'
import { space } from '../../look/theme'
import { Words } from '../../look/Words'
import { useNavigation } from '../../nav/navigation'
import { useCentral } from '../../state/account'
import { useAsked } from '../../state/asking'
import { usePreferences } from '../../state/preferences'
import { type Kind, kindOf, KWH, MINUTES, stepped, toFill, USUAL } from './wish'

interface Props {
  wish: Wish
  onChange: (wish: Wish) => void
  onVehicle?: (vehicle: OwnVehicle | null) => void
}

const PERCENT = 10

export function WishChoice({ wish, onChange, onVehicle }: Props) {
  const { t, format } = usePreferences()
  const [kind, setKind] = useState(() => kindOf(wish))
  const [kwh, setKwh] = useState(wish.kwh ?? USUAL.kwh)
  const [minutes, setMinutes] = useState(wish.minutes ?? 30)
  const choose = (chosen: Kind) => {
    setKind(chosen)
    onVehicle?.(null)
    if (chosen === 'stop') onChange({})
    if (chosen === 'energy') onChange({ kwh })
    if (chosen === 'time') onChange({ minutes })
  }
  const energy = (by: 1 | -1) => {
    const after = stepped(KWH, kwh, by)
    setKwh(after)
    onChange({ kwh: after })
  }
  const time = (by: 1 | -1) => {
    const after = stepped(MINUTES, minutes, by)
    setMinutes(after)
    onChange({ minutes: after })
  }
  const words = { less: t.point.less, more: t.point.more }
  return (
    <View style={{ gap: space.m }}>
      <Choice
        label={t.point.how}
        columns={2}
        options={[
          ['energy', t.point.byEnergy],
          ['time', t.point.byTime],
          ['vehicle', t.point.byVehicle],
          ['stop', t.point.untilStop],
        ]}
        value={kind}
        onChange={choose}
      />
      {kind === 'energy' && (
        <Stepper label={t.point.byEnergy} text={format.kwh(wish.kwh ?? kwh)} {...words} onLess={() => energy(-1)} onMore={() => energy(1)} />
      )}
      {kind === 'time' && (
        <Stepper label={t.point.byTime} text={format.minutes(wish.minutes ?? minutes)} {...words} onLess={() => time(-1)} onMore={() => time(1)} />
      )}
      {kind === 'vehicle' && <VehicleWish onChange={onChange} onVehicle={onVehicle} />}
    </View>
  )
}

function VehicleWish({ onChange, onVehicle }: Pick<Props, 'onChange' | 'onVehicle'>) {
  const { t, format } = usePreferences()
  const { go } = useNavigation()
  const central = useCentral()
  const { data } = useAsked('vehicles', central.vehicles)
  const [name, setName] = useState<string | null>(null)
  const [from, setFrom] = useState(20)
  const [to, setTo] = useState(80)
  const vehicles = data?.items ?? []
  const vehicle = vehicles.find((each) => each.name === name) ?? vehicles[0] ?? null

  useEffect(() => {
    onVehicle?.(vehicle)
    if (vehicle) onChange(toFill(vehicle, from, to))
    // The two tell what is chosen, and choose nothing.
  }, [vehicle, from, to])

  if (data !== null && vehicle === null) return <Button icon="car" label={t.point.addVehicle} onPress={() => go({ name: 'vehicles' })} />
  if (vehicle === null) return <Words tone="muted">{t.loading}</Words>
  const percent = (value: number) => `${format.number(value)} %`
  const words = { less: t.point.less, more: t.point.more }
  return (
    <View style={{ gap: space.m }}>
      {vehicles.length > 1 && (
        <Choice label={t.point.pickVehicle} options={vehicles.map((each) => [each.name, each.name] as const)} value={vehicle.name} onChange={setName} />
      )}
      <Words tone="muted">{t.point.from}</Words>
      <Stepper label={t.point.from} text={percent(from)} {...words} onLess={() => setFrom(Math.max(0, from - PERCENT))} onMore={() => setFrom(Math.min(to - PERCENT, from + PERCENT))} />
      <Words tone="muted">{t.point.to}</Words>
      <Stepper label={t.point.to} text={percent(to)} {...words} onLess={() => setTo(Math.max(from + PERCENT, to - PERCENT))} onMore={() => setTo(Math.min(100, to + PERCENT))} />
    </View>
  )
}
