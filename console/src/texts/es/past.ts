/** The words of how points were and when they are used, in Spanish. */
import type { Texts } from '../en/index.ts'

export const past: Texts['past'] = {
  ribbon: {
    title: 'Estados',
    states: {
      free: 'Libre',
      charging: 'Cargando',
      occupied: 'Ocupado',
      stopped: 'Detenido',
      faulty: 'Averiado',
      offline: 'Sin señal',
      unknown: 'Desconocido',
    },
    columns: { from: 'Desde', state: 'Estado', lasted: 'Duración' },
    available: (uptime, charging) => `Disponible ${uptime}, cargando ${charging}`,
    ofKnown: (known) => `del ${known} que se conoce`,
    notKnown: 'El libro no dice cómo estaba en este periodo.',
    coarse: 'Cambió demasiadas veces para mostrar cada una: cada parte tiene el estado que más duró en ella.',
    span: (state, from, to, lasted) => `${state} de ${from} a ${to}, ${lasted}`,
    newest: (count) => `Los ${count} más recientes.`,
  },
  week: {
    power: 'Potencia media por hora de la semana',
    share: 'Tiempo en que cargó, por hora de la semana',
    utc: 'Las horas son en UTC. La energía cuenta cuando se factura su sesión.',
    shareUtc: 'Las horas son en UTC.',
    days: {
      MONDAY: 'lun',
      TUESDAY: 'mar',
      WEDNESDAY: 'mié',
      THURSDAY: 'jue',
      FRIDAY: 'vie',
      SATURDAY: 'sáb',
      SUNDAY: 'dom',
    },
    hour: (hour) => `${String(hour).padStart(2, '0')}:00`,
    cell: (day, hour, value) => `${day} ${hour}: ${value}`,
    noHour: 'no en este periodo',
    busiest: (cell) => `Máximo: ${cell}`,
    nothing: 'Nada en este periodo.',
  },
}
