/** The words of the lab, in Spanish. */
import type { Deed, PartKind } from '../../central/lab.ts'
import type { PartState } from '../../central/views.ts'
import type { Texts } from '../en/index.ts'

const states: Record<PartState, string> = { running: 'En marcha', killed: 'Matado', cut: 'Cortado', lost: 'No abierto' }

const deeds: Record<Deed, string> = { kill: 'Matar', restart: 'Reiniciar', cut: 'Cortar', restore: 'Restablecer' }

const kinds: Record<PartKind, string> = { engines: 'Motor', monitors: 'Monitor', links: 'Enlace', drivers: 'Conductor' }

const scenarios: Record<string, [title: string, text: string]> = {
  'busy-evening': [
    'Una tarde concurrida',
    'El doble de conductores que puntos, como mucho 200, piden carga cada 2\u202fs. A los 60\u202fs se van.',
  ],
  'site-offline': [
    'Un emplazamiento pierde su red',
    'Los enlaces del primer emplazamiento con Central se cortan durante 30\u202fs. Sin emplazamientos, los de la primera mitad de los puntos.',
  ],
  'central-dies': ['Central muere', 'Se mata Central. A los 10\u202fs vuelve a empezar desde su libro.'],
  'engines-die': [
    'Motores que mueren durante una carga',
    'Se mata una cuarta parte de los motores, primero los que suministran. A los 10\u202fs vuelven a empezar desde su diario.',
  ],
  faults: ['Averías', 'Uno de cada diez motores comunica una avería. A los 20\u202fs se reparan.'],
  'worst-day': [
    'Todo a la vez',
    'Vienen conductores, un emplazamiento pierde su red, mueren motores y muere Central. Después vuelve todo.',
  ],
}

export const lab: Texts['lab'] = {
  title: 'Laboratorio',
  mark: 'Simulación',
  about: 'Todos los puntos, vehículos y conductores de aquí son simulados. Nada de esta página afecta a una estación de carga real.',
  speed: (times) => `El tiempo pasa ${times} veces más rápido que en un reloj.`,
  reading: 'Preguntando a Central…',
  states,
  deeds,
  ofOne: (deed, part, id) => `${deed}: ${part} de ${id}`,
  ofDriver: (deed, id) => `${deed} a ${id}`,
  counts: { points: 'Puntos', drivers: 'Conductores', away: 'Partes ausentes' },
  central: {
    title: 'La central',
    text: 'Al matarla, Central pierde su memoria y los enlaces de todos los monitores, y no decide nada. Vuelve a empezar desde su libro.',
    dead: 'Central está muerta. Lo que muestran esta página y las demás es lo último que dijo.',
    kill: 'Matar Central',
    restart: 'Reiniciar Central',
    sure: '¿Matar Central?',
  },
  sureText: (supplies) =>
    supplies === 1 ? 'Esto puede terminar el suministro en curso.' : `Esto puede terminar los ${supplies} suministros en curso.`,
  sureOf: (deed, part, id) => `¿${deed} ${part} de ${id}?`,
  scenarios: {
    title: 'Escenarios',
    list: scenarios,
    lasts: (seconds) => `Dura ${seconds}\u202fs`,
    play: 'Iniciar',
    playOne: (title) => `Iniciar: ${title}`,
    sure: (title) => `¿Iniciar: ${title}?`,
    end: 'Terminar ya',
    progress: (title) => `Progreso de: ${title}`,
    step: (step, steps, left) => `Paso ${step} de ${steps}, quedan ${left}\u202fs`,
  },
  add: {
    points: 'Añadir puntos',
    drivers: 'Añadir conductores',
    count: 'Cuántos',
    site: 'Emplazamiento',
    siteHint: 'Vacío: ninguno',
    kw: 'Potencia (kW)',
    price: 'Precio (€/kWh)',
    asStarted: 'Vacío: como se inició esta red',
    interval: 'Pausa entre cargas (s)',
    point: 'Solo en este punto',
    pointHint: 'Vacío: en cualquier punto libre',
    sendPoints: 'Añadir los puntos',
    sendDrivers: 'Añadir los conductores',
    addedPoints: (count, first) => `${count === 1 ? '1 punto añadido' : `${count} puntos añadidos`}, desde ${first}.`,
    addedDrivers: (count, first) => `${count === 1 ? '1 conductor añadido' : `${count} conductores añadidos`}, desde ${first}.`,
    stays: 'Funcionan hasta que se detiene esta red.',
  },
  parts: {
    points: 'Puntos de esta red',
    drivers: 'Conductores de esta red',
    sought: 'Identificador',
    soughtPoint: 'Filtrar puntos por identificador',
    soughtDriver: 'Filtrar conductores por identificador',
    none: 'Ninguna parte coincide.',
    more: 'Mostrar más',
    columns: { point: 'Punto', state: 'Central muestra', engine: 'Motor', monitor: 'Monitor', link: 'Enlace con Central', hand: 'En el punto' },
    driverColumns: { driver: 'Conductor', state: 'Estado', asks: 'Pide', act: 'Acción' },
    kinds,
    unknown: 'Aún no conocido',
    nothing: 'Nada ahora',
  },
  hand: {
    fault: 'Averiar',
    recover: 'Reparar',
    vehicle: 'Vehículo',
    unplug: 'Desenchufar',
    ofOne: (act, id) => `${act} en ${id}`,
    sure: (act, id) => `¿${act} en ${id}?`,
  },
  vehicle: {
    title: (id) => `Un vehículo en ${id}`,
    battery: 'Batería (kWh)',
    charge: 'Estado de carga (%)',
    kw: 'Admite como mucho (kW)',
    plug: 'Enchufarlo',
    next: 'Que venga el siguiente',
    nextHint: 'Hay un suministro en curso: este vehículo viene con el próximo.',
    plugged: (id) => `El vehículo está enchufado en ${id}.`,
    comes: (id) => `El vehículo viene a ${id} con el próximo suministro.`,
  },
}
