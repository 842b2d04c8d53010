/** The words about sessions and what they cost, in Spanish. */
import type { Texts } from '../en/index.ts'

export const sessions: Texts['sessions'] = {
  title: 'Sesiones',
  statuses: {
    HOLDING: 'Espera el dinero',
    AUTHORISED: 'En espera',
    SUPPLYING: 'Cargando',
    IDLE: 'Inactiva',
    COMPLETED: 'Completada',
    FAILED: 'Fallida',
    SUSPECT: 'Retenida',
  },
  sought: 'ID, punto o conductor',
  soughtLabel: 'Buscar por ID, punto o conductor',
  anyStatus: 'Cualquier estado',
  status: 'Estado',
  from: 'Desde',
  to: 'Hasta',
  columns: {
    started: 'Inicio', point: 'Punto', driver: 'Conductor', status: 'Estado', kwh: 'kWh', euros: 'EUR', lasted: 'Duración',
  },
  one: (id) => `Sesión ${id}`,
  loading: 'Consultando a Central…',
  none: 'Todavía no se ha autorizado ninguna sesión.',
  noMatch: 'Ninguna sesión coincide.',
  notYet: 'Ninguna de las sesiones más recientes coincide.',
  showAll: 'Mostrar todas',
  more: 'Mostrar más',
  further: 'Buscar más atrás',
  back: 'Todas las sesiones',
}

export const session: Texts['session'] = {
  point: 'Punto de carga',
  driver: 'Conductor',
  asked: 'Solicitada',
  started: 'Inicio',
  ended: 'Fin',
  lasted: 'Duración',
  energy: 'Energía',
  price: 'Precio',
  cost: 'Importe',
  tariff: 'Tarifa',
  registers: 'Lecturas del contador',
  how: 'Motivo del fin',
  resolved: 'Resuelta',
  resolvedBy: (by, at, note) => `Por ${by}, ${at}: ${note}`,
  request: 'Solicitud',
  fromTo: (first, last) => `de ${first} a ${last}`,
  supplied: 'Energía hasta ahora, kWh',
  seePoint: (id) => `Ver ${id} como está ahora`,
  ticket: 'Comprobante',
  open: 'El comprobante llega cuando termina la sesión.',
  idle: 'El vehículo sigue enchufado: el comprobante llega cuando se vaya.',
  unplugged: 'Enchufado hasta',
  held: 'El cobro queda retenido hasta que alguien lo resuelva, encima de los puntos de carga.',
  unbilled: 'No hay comprobante: no se cobró nada.',
  receipt: 'Recibo',
  payment: 'Pago',
}

/** Bills that wait for an operator. */
export const held: Texts['held'] = {
  title: (count) => `Cobros retenidos (${count})`,
  one: (session) => `Cobro retenido de ${session}`,
  notBillable: 'no se puede cobrar',
  wouldBe: (euros) => `serían ${euros}`,
  byTariff: (tariff) => `sería según la tarifa ${tariff}`,
  resolve: 'Resolver',
  resolveOne: (session) => `Resolver ${session}`,
}

export const resolving: Texts['resolving'] = {
  title: (session) => `¿Resolver ${session}?`,
  what: 'Lo que suministró',
  accept: (energy) => `Aceptar los datos del motor: ${energy}`,
  other: 'Otra energía',
  nothing: 'Nada',
  why: 'Motivo',
  billed: (euros) => `Se cobran ${euros} al conductor. Después no se puede cambiar.`,
  billedBy: (tariff) => `Se cobra al conductor según la tarifa ${tariff}. Después no se puede cambiar.`,
  send: 'Resolver',
  done: (session) => `${session} se ha resuelto.`,
}

export const price: Texts['price'] = {
  euros: (amount) => `${amount}\u202f€`,
  caption: 'De qué se compone el importe',
  what: 'Concepto',
  quantity: 'Cantidad',
  unit: 'Precio unitario',
  amount: 'Importe',
  components: {
    session: 'Cuota por sesión',
    energy: 'Energía',
    charging_time: 'Tiempo de carga',
    idle_time: 'Tiempo de inactividad',
    idle_cap: 'Tope por inactividad',
    least_total: 'Importe mínimo',
    most_total: 'Importe máximo',
    late_cancel: 'Reserva cancelada tarde',
    no_show: 'Reserva no utilizada',
  },
  net: 'Base imponible',
  vat: (rate) => `IVA ${rate}`,
  vatAlone: 'IVA',
  total: 'Total',
}

export const receipt: Texts['receipt'] = {
  title: 'Recibo',
  session: 'Sesión',
  location: 'Ubicación',
  station: 'Estación',
  site: 'Emplazamiento',
  print: 'Imprimir',
  page: 'Como página',
  charged: 'Carga',
  none: 'Esta sesión no tiene comprobante.',
  back: (id) => `Sesión ${id}`,
}
