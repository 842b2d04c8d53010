/** What a point costs, by the parts of its tariff. */
import type { Element, OfferedPoint, PointTariff } from '../../api/types'
import { Fact } from '../../look/Card'
import { Words } from '../../look/Words'
import { usePreferences } from '../../state/preferences'

interface Props {
  point: OfferedPoint
  tariff: PointTariff | null
}

/** As many parts as are read at a glance; the estimate has all of them. */
const MOST = 6

export function Prices({ point, tariff }: Props) {
  const { t, format } = usePreferences()
  const parts = tariff?.tariff ? tariff.tariff.elements.flatMap(partsOf) : []
  if (parts.length === 0) {
    const price = tariff?.euros_per_kwh ?? point.euros_per_kwh
    return <Fact name={t.point.price}>{t.near.perKwh(format.price(price))}</Fact>
  }
  const vat = tariff?.tariff?.vat_permille ?? 0
  const texts = { energy: t.near.perKwh, time: t.point.perMinute, idle: t.point.perMinute, session: (euros: string) => euros }
  return (
    <>
      {parts.slice(0, MOST).map((part, at) => (
        <Fact key={at} name={`${t.point[part.kind]}${part.when}`}>
          {texts[part.kind](format.price(part.euros))}
        </Fact>
      ))}
      {vat > 0 && (
        <Words kind="small" tone="muted">
          {t.point.vat(format.percent(vat))}
        </Words>
      )}
    </>
  )
}

interface Part {
  kind: 'energy' | 'time' | 'idle' | 'session'
  euros: number
  when: string
}

const MICRO = 1_000_000

function partsOf(element: Element): Part[] {
  const when = element.local_from && element.local_to ? ` ${element.local_from.slice(0, 5)}–${element.local_to.slice(0, 5)}` : ''
  const perMinute = (minute?: number | null, hour?: number | null) => minute ?? (hour == null ? null : hour / 60)
  const found: [Part['kind'], number | null | undefined][] = [
    ['energy', element.energy_micro_euros_per_kwh],
    ['time', perMinute(element.charging_micro_euros_per_minute, element.charging_micro_euros_per_hour)],
    ['idle', perMinute(element.idle_micro_euros_per_minute, element.idle_micro_euros_per_hour)],
    ['session', element.session_micro_euros],
  ]
  return found.flatMap(([kind, micro]) => (micro == null ? [] : [{ kind, euros: micro / MICRO, when }]))
}
