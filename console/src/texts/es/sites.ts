/** The words about sites and where they are, in Spanish. */
import type { Texts } from '../index.ts'

const points = (count: number) => (count === 1 ? '1 punto' : `${count} puntos`)

export const sites: Texts['sites'] = {
  title: 'Emplazamientos',
  one: (name) => `Emplazamiento ${name}`,
  back: 'Todos los emplazamientos',
  loading: 'Consultando a Central…',
  none: 'Ningún punto dice en qué emplazamiento está. El emplazamiento de un punto se indica al registrarlo.',
  noneFound: 'Ningún emplazamiento lo tiene en su ID, su nombre o su dirección.',
  search: 'ID, nombre o dirección',
  searchLabel: 'Buscar emplazamientos',
  sort: 'Orden',
  orders: { id: 'ID', name: 'Nombre', points: 'Puntos', trouble: 'Problemas primero', kwh: 'Energía', euros: 'Ingresos' },
  more: (count) => `Mostrar ${count} más`,
  noPoint: 'ningún punto',
  points,
  waiting: (count) => `${count} en espera`,
  noPlace: 'no está en el mapa',
  unknown: (id) => `Central no conoce el emplazamiento ${id}.`,
}

export const map: Texts['map'] = {
  title: 'Mapa',
  region: 'Mapa de los emplazamientos',
  help: 'Las flechas mueven el mapa, + y − cambian su tamaño, 0 muestra todos los emplazamientos. La lista de al lado tiene los mismos.',
  closer: 'Acercar',
  farther: 'Alejar',
  all: 'Mostrar todos los emplazamientos',
  cluster: (count, trouble) => `${count} emplazamientos${trouble === '' ? '' : `, ${trouble}`}: acercar`,
  listed: 'Emplazamientos en el mapa',
  without: 'Emplazamientos sin coordenadas',
  withoutHint: 'Indica la latitud y la longitud en la página del emplazamiento, y aparecerá en el mapa.',
  nowhere: 'Ningún emplazamiento tiene coordenadas todavía.',
  nowhereHint: 'Abre un emplazamiento, elige «Describir este emplazamiento» e indica su latitud y su longitud.',
  old: (time) => `A las ${time}: no se sabe nada de Central.`,
  data: 'Tierra: Natural Earth',
}

export const site: Texts['site'] = {
  describe: 'Describir este emplazamiento',
  address: 'Dirección',
  coordinates: 'Coordenadas',
  noAddress: 'ninguna todavía',
  showOnMap: 'Mostrar en el mapa',
  zone: 'Zona horaria',
  noZone: 'ninguna todavía',
  tariff: 'Tarifa',
  noTariff: 'ninguna: los puntos cobran su propio precio',
  points: 'Puntos',
  allPoints: 'Listar los puntos',
  billed: 'Facturado hasta ahora',
  sessions: (count) => (count === 1 ? '1 sesión' : `${count} sesiones`),
  form: {
    name: 'Nombre',
    address: 'Dirección',
    latitude: 'Latitud',
    longitude: 'Longitud',
    hint: 'Grados, como 40.4168 y -3.7038. Los dos vacíos, o ninguno.',
    zone: 'Zona horaria',
    zoneHint: 'Como Europe/Madrid',
    save: 'Guardar',
    cancel: 'Cancelar',
    bothOrNone: 'La latitud y la longitud van juntas: indica las dos o ninguna.',
    badLatitude: 'La latitud es un número de -90 a 90.',
    badLongitude: 'La longitud es un número de -180 a 180.',
    done: (id) => `${id} queda descrito.`,
  },
}

export const queue: Texts['queue'] = {
  title: (count) => (count === 0 ? 'Cola' : `Cola: ${count} en espera`),
  none: 'Aquí no espera nadie.',
  since: (moment, lasted) => `desde ${moment}, hace ${lasted}`,
  anyAmount: 'sin cantidad indicada',
  waits: 'espera un punto',
  holding: (id) => `${id} se va a guardar`,
  offered: (id, until) => `${id} se guarda hasta ${until}`,
  starting: (id) => `${id} empieza`,
  remove: 'Sacar',
  removeOf: (driver) => `Sacar a ${driver} de la cola`,
  sure: (driver) => `¿Sacar a ${driver} de la cola?`,
  sureText: 'Se le dice que lo hizo un operador, y un punto que se le guardaba pasa al siguiente.',
  removed: (driver) => `${driver} está fuera de la cola`,
}

export const plan: Texts['plan'] = {
  title: 'Plano',
  none: 'Todavía no hay plano de este emplazamiento.',
  empty: 'No hay ningún punto en el plano.',
  begin: 'Dibujar un plano',
  edit: 'Cambiar el plano',
  save: 'Guardar el plano',
  cancel: 'Cancelar',
  rows: 'Ordenar en filas',
  saved: (id) => `El plano de ${id} está guardado.`,
  help: 'Arrastra un punto o muévelo con las flechas (con Mayús, 5 m). R lo gira y Supr lo quita del plano.',
  unplaced: 'Fuera del plano',
  place: (id) => `Colocar ${id}`,
  turn: (id) => `Girar ${id}`,
  takeOut: (id) => `Quitar ${id}`,
  elsewhere: (ids) => `En el plano, pero no en este emplazamiento: ${ids}`,
  standsAt: (id, x, y, angle) => `${id}: ${x} m a la derecha, ${y} m abajo, girado ${angle}°`,
  takenOut: (id) => `${id} ya no está en el plano.`,
  unknown: 'no está en este emplazamiento',
}

const reasons: Record<string, string> = {
  'it has not acknowledged that it is managed, and counts with all that it can give':
    'no ha confirmado que se le gestiona y cuenta con todo lo que puede dar',
  'its vehicle draws more than it was granted': 'su vehículo consume más de lo concedido',
  'nothing is heard of it': 'no se sabe nada de él',
  'it waits for its turn': 'espera su turno',
  'it waits until others draw less': 'espera a que otros consuman menos',
}

export const power: Texts['power'] = {
  title: 'Potencia',
  strategies: {
    equal: 'A partes iguales',
    fcfs: 'Por orden de llegada',
    edf: 'Primero quien se va antes',
    llf: 'Primero quien tiene menos tiempo que perder',
    priority: 'Por clases de prioridad',
  },
  fedBy: (parent) => `alimentado por ${parent}`,
  carries: (drawn, limit) => `${drawn} A de ${limit} A en cada fase`,
  draws: (drawn, granted, wanted) => `consume ${drawn} A, tiene concedidos ${granted} A, quiere ${wanted} A`,
  why: (reason) => reasons[reason] ?? reason,
}
