/** The words of the overview and of charts, in Spanish. */
import type { Texts } from '../en/index.ts'

export const overview: Texts['overview'] = {
  title: 'Resumen',
  before: { '24h': 'las 24 horas anteriores', '7d': 'los 7 días anteriores', '30d': 'los 30 días anteriores' },
  attention: 'Requiere atención',
  allWell: 'Nada: ningún punto está averiado, sin señal o detenido, y ningún cobro está retenido.',
  troubles: {
    alerts: (count) => (count === 1 ? '1 alerta abierta' : `${count} alertas abiertas`),
    fault: (count) => (count === 1 ? '1 punto averiado' : `${count} puntos averiados`),
    disconnected: (count) => (count === 1 ? '1 punto sin señal' : `${count} puntos sin señal`),
    held: (count) => (count === 1 ? '1 cobro retenido' : `${count} cobros retenidos`),
    stopped: (count) => (count === 1 ? '1 punto detenido' : `${count} puntos detenidos`),
  },
  energy: 'Energía facturada',
  revenue: 'Ingresos',
  sessions: 'Sesiones terminadas',
  now: 'Potencia actual',
  charging: (supplying, free) => `${supplying} cargando, ${free} ${free === 1 ? 'libre' : 'libres'}`,
  compared: (percent, was, before) =>
    percent === 0
      ? `Igual que en ${before}: ${was}`
      : `Un ${Math.abs(percent)} % ${percent > 0 ? 'más' : 'menos'} que en ${before}: ${was}`,
  nothingBefore: (before) => `Nada en ${before}`,
  revenueOf: { minute: 'Ingresos por minuto, €', hour: 'Ingresos por hora, €', day: 'Ingresos por día, €' },
  loading: 'Leyendo los datos…',
}

export const range: Texts['range'] = {
  title: 'Periodo',
  names: { '24h': '24 horas', '7d': '7 días', '30d': '30 días' },
}

export const chart: Texts['chart'] = {
  time: 'Hora',
  power: 'Potencia, kW',
  energyOf: { minute: 'Energía por minuto, kWh', hour: 'Energía por hora, kWh', day: 'Energía por día, kWh' },
  table: 'Ver como tabla',
  from: 'Desde',
  nothing: 'Nada en este periodo.',
}
