/** The words about points, in Spanish. */
import type { Texts } from '../en/index.ts'

export const verbs: Texts['verbs'] = {
  stop: 'Detener',
  resume: 'Reanudar',
  plug: 'Enchufar',
  unplug: 'Desenchufar',
  fault: 'Provocar una avería',
  recover: 'Reparar',
}

export const groups: Texts['groups'] = {
  all: 'Puntos',
  free: 'Libres',
  waiting: 'En espera',
  supplying: 'Cargando',
  occupied: 'Ocupados',
  stopped: 'Detenidos',
  fault: 'Averiados',
  disconnected: 'Sin señal',
  unknown: 'Sin datos',
}

/** What is asked before an order, and said after it. */
export const orders: Texts['orders'] = {
  one: (verb, id) => (verb === 'fault' || verb === 'plug' || verb === 'unplug' ? `${verbs[verb]} en ${id}` : `${verbs[verb]} ${id}`),
  all: (verb) => `${verbs[verb]} todos`,
  more: (id) => `Más órdenes para ${id}`,
  moreOfNone: 'Más órdenes para un punto',
  sureStop: (id) => `¿Detener ${id}?`,
  stopText: (driver) => `${driver} está cargando ahí: la carga termina ahora y se cobra.`,
  stopAfter: 'Detener tras esta carga',
  stopsAfter: (id) => `${id} se detiene cuando termine su carga.`,
  keep: 'Mantener en servicio',
  keepOne: (id) => `Mantener ${id} en servicio`,
  retire: 'Retirar…',
  sureRetire: (id) => `¿Retirar ${id}?`,
  retireText:
    'Sale de la red. Si hay una carga en curso, termina ahora y se cobra. Sus sesiones, comprobantes y mensajes se conservan.',
  retireOne: (id) => `Retirar ${id}`,
  retired: (id) => `${id} se ha retirado.`,
  done: (what, points) => `${what}: hecho en ${counted(points)}.`,
  partly: (what, points, where, why) => `${what}: hecho en ${counted(points)}, pero no en ${where}: ${why}`,
  andMore: (id, others) => `${id} y ${others} más`,
}

function counted(points: number): string {
  return points === 1 ? '1 punto' : `${points} puntos`
}

export const points: Texts['points'] = {
  title: 'Puntos de carga',
  short: 'Puntos',
  sought: 'ID, ubicación o conductor',
  soughtLabel: 'Filtrar por ID, ubicación o conductor',
  waiting: 'Esperando a Central…',
  none: 'Todavía no se ha registrado ningún punto de carga.',
  noMatch: 'Ningún punto de carga coincide.',
  showAll: 'Mostrar todos',
  summary: 'Resumen; elige qué puntos de carga se muestran',
  onThisPage: 'En esta página',
  requests: (count) => `Solicitudes (${count})`,
  messages: 'Mensajes',
  view: 'Vista',
  views: { cards: 'Tarjetas', table: 'Tabla', wall: 'Mural' },
  export: 'Guardar como CSV',
  table: {
    columns: {
      id: 'ID', state: 'Estado', since: 'Desde', location: 'Ubicación', driver: 'Conductor', price: 'Precio',
      seen: 'Última señal', kw: 'kW', kwh: 'kWh', euros: 'Importe',
    },
    orders: 'Órdenes',
    choose: (id) => `Elegir ${id}`,
    chooseAll: 'Elegir todos los de la lista',
    more: (id) => `Más órdenes para ${id}`,
  },
  chosen: {
    title: 'Puntos elegidos',
    count: (count) => (count === 1 ? '1 punto elegido' : `${count} puntos elegidos`),
    none: 'No elegir ninguno',
    stopTitle: (count) => (count === 1 ? '¿Detener 1 punto de carga?' : `¿Detener ${count} puntos de carga?`),
    progress: (done, all) => `${done} de ${all}`,
  },
  wall: { title: 'Mural', leave: 'Salir del mural' },
}

export const requests: Texts['requests'] = {
  title: 'Solicitudes en curso',
  columns: { date: 'Fecha', start: 'Inicio', driver: 'Conductor', point: 'Punto' },
  waiting: 'en espera',
  holding: 'espera el dinero',
  none: 'Nadie está cargando ni esperando.',
  more: (all) => `Las ${all}, en la lista de sesiones`,
}

export const newPoint: Texts['newPoint'] = {
  title: 'Añadir punto',
  fields: { cp_id: 'ID', location: 'Ubicación', site_id: 'Emplazamiento', euros_per_kwh: 'Precio, € por kWh' },
  hints: {
    cp_id: 'Obligatorio, como CP-001; no cambia nunca',
    location: 'Dónde lo encuentran los conductores',
    site_id: 'El ID de su emplazamiento, si pertenece a alguno',
    euros_per_kwh: 'Vacío: el que anuncia su motor',
  },
  notTaken: (why) => `No se acepta: «${why}»`,
  badPrice: 'Un precio es un número de euros de 0 a 1000 con un máximo de seis decimales, o queda vacío.',
  taken: (id) => `Ya existe un punto ${id}.`,
  send: 'Añadir',
  added: (id) => `${id} se ha añadido.`,
  start: (id) => `Iniciar ${id}`,
  startText:
    'Está sin señal hasta que se ejecuten sus dos programas, cada uno en su propia terminal. El motor necesita el Kafka que usa Central y un puerto libre.',
  engine: 'Motor',
  monitor: 'Supervisor',
}

export const label: Texts['label'] = {
  open: 'Código QR',
  leads: (id) => `Código QR que lleva a la página de ${id}`,
  here: 'Esta dirección solo funciona en este equipo. Abre la consola con el nombre que usan los demás e imprime esa etiqueta.',
  print: 'Imprimir la etiqueta',
}

export const point: Texts['point'] = {
  one: (id) => `Punto de carga ${id}`,
  was: (state) => `Antes ${state}`,
  stopped: 'Detenido',
  stoppedSince: (since) => `Por un operador desde ${since}`,
  finishing: 'Se detiene tras esta carga',
  noReason: 'no se indicó el motivo',
  since: (since) => `Desde ${since}`,
  lastSeen: (time) => `Última señal ${time}`,
  neverSeen: 'Nunca ha dado señal',
  driver: 'Conductor',
  waitingFor: 'Esperando a',
  holdingFor: 'Esperando el pago de',
  plugged: 'Enchufado',
  notPlugged: 'Aún sin enchufar',
  unknownNow: 'Estado desconocido',
  free: 'Libre',
  upTo: (kw) => `Hasta ${kw} kW`,
  upToPlugged: (kw) => `Hasta ${kw} kW, enchufado`,
  soFar: (kwh, euros) => `${kwh} kWh, ${euros} hasta ahora`,
  cost: 'Importe',
  idle: 'Inactivo',
  idleSince: (since, lasted) => `Desde ${since}, ${lasted}`,
  held: 'Reservado',
  heldUntil: (until) => `Para un conductor de la cola, hasta ${until}`,
  reservedFrom: (from) => `Reservado desde ${from}`,
  occupied: 'Ocupado',
  occupiedBy: 'El vehículo de la última carga sigue enchufado',
  details: 'Detalles…',
  factsOf: (id) => `${id} ahora`,
  back: 'Todos los puntos de carga',
  unknown: (id) => `No hay ningún punto de carga ${id}. Es posible que se haya retirado: sus sesiones se conservan.`,
  sessions: 'Sesiones más recientes',
  allSessions: (id) => `Todas las sesiones de ${id}`,
  noSession: 'Todavía no ha habido ninguna sesión.',
  power: 'Potencia actual',
  atMost: 'Potencia máxima',
  limit: 'Límite',
  costSoFar: 'Importe hasta ahora',
  nobody: 'Nadie está cargando aquí.',
  idleTime: 'Inactivo desde',
  close: 'Cerrar',
  unknownThen: 'No se sabe',
  unknownThenText: 'El libro no dice cómo estaba entonces.',
  factsThen: (id) => `${id} entonces`,
  powerThen: 'Potencia',
}

export const limit: Texts['limit'] = {
  paused: 'cero: en pausa',
  and: ' y ',
  kept: (limit) => `Limitado a ${limit}`,
  unheard: (limit) => `Límite de ${limit}, aún sin confirmar`,
  set: (id, limit) => `${id} queda limitado a ${limit}.`,
  taken: (id) => `${id} ya no tiene límite.`,
  menu: 'Limitar…',
  title: (id) => `Límite de ${id}`,
  now: (line) => `${line}.`,
  none: 'No tiene límite.',
  most: 'Como máximo',
  unit: 'Unidad',
  units: { A: 'A en cada fase', kW: 'kW en total' },
  help: 'Dura hasta que se cambie; una carga en curso continúa con él. El 0 pausa la carga.',
  send: 'Fijar el límite',
  clear: 'Sin límite',
  cancel: 'Cancelar',
}
