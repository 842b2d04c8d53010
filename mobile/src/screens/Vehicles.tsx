/** The vehicles that are kept on the account, so that the app knows how much they take and how fast. */
import { useState } from 'react'
import { View } from 'react-native'
import type { VehicleBody } from '../api/types'
import { Button, IconButton } from '../look/Button'
import { Card, Row } from '../look/Card'
import { Field } from '../look/Field'
import { Empty, Notice } from '../look/Notice'
import { Screen } from '../look/Screen'
import { Words } from '../look/Words'
import { useCentral } from '../state/account'
import { useAsked, useDoing } from '../state/asking'
import { usePreferences } from '../state/preferences'
import { Pending } from './Near'

export function Vehicles() {
  const { t, format, sentence } = usePreferences()
  const central = useCentral()
  const { data, error, again } = useAsked('vehicles', central.vehicles)
  const doing = useDoing()
  const save = (items: VehicleBody[]) =>
    doing.run(async () => {
      await central.setVehicles(items)
      again()
    })
  const items = data?.items ?? []
  return (
    <Screen title={t.vehicles.title} backable>
      {data === null && <Pending error={error} sentence={sentence} />}
      {data !== null && items.length === 0 && <Empty icon="car" title={t.vehicles.none} />}
      {items.map((vehicle, at) => (
        <Card key={at}>
          <Row end>
            <View style={{ flexShrink: 1 }}>
              <Words strong kind="lead">
                {vehicle.name}
              </Words>
              <Words tone="muted">{t.vehicles.facts(format.kwh(vehicle.battery_kwh), format.kw(vehicle.kw))}</Words>
            </View>
            <IconButton name="minus" label={t.vehicles.remove(vehicle.name)} framed onPress={() => save(items.filter((_, each) => each !== at))} />
          </Row>
        </Card>
      ))}
      {doing.error !== null && <Notice tone="bad">{sentence(doing.error)}</Notice>}
      {data !== null && <NewVehicle key={items.length} onAdd={(vehicle) => save([...items, vehicle])} busy={doing.isBusy} />}
    </Screen>
  )
}

function NewVehicle({ onAdd, busy }: { onAdd: (vehicle: VehicleBody) => void; busy: boolean }) {
  const { t } = usePreferences()
  const [name, setName] = useState('')
  const [battery, setBattery] = useState('')
  const [kw, setKw] = useState('')
  const [isWrong, setWrong] = useState(false)
  const add = () => {
    const vehicle = { name: name.trim(), battery_kwh: figure(battery), kw: figure(kw) }
    const fits = vehicle.name !== '' && vehicle.battery_kwh > 0 && vehicle.kw > 0
    setWrong(!fits)
    if (fits) onAdd(vehicle)
  }
  return (
    <Card>
      <Field label={t.vehicles.name} value={name} onChange={setName} />
      <Field label={t.vehicles.battery} value={battery} onChange={setBattery} inputMode="decimal" placeholder="58" />
      <Field label={t.vehicles.kw} value={kw} onChange={setKw} inputMode="decimal" placeholder="11" onSubmitEditing={add} />
      {isWrong && <Notice tone="bad">{t.vehicles.wrong}</Notice>}
      <Button kind="main" icon="plus" label={t.vehicles.add} onPress={add} busy={busy} />
    </Card>
  )
}

function figure(text: string): number {
  return Number(text.trim().replace(',', '.'))
}
