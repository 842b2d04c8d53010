/** The words around every page, in Spanish. */
import type { Texts } from '../en/index.ts'

function ending(supplies: number): string {
  return supplies === 1 ? 'Ahora termina 1 carga en curso' : `Ahora terminan ${supplies} cargas en curso`
}

export const shell: Texts['shell'] = {
  name: 'EV Charging',
  title: (page) => `${page} · EV Charging`,
  nav: 'Páginas',
  more: 'Más',
  theme: 'Tema',
  themes: { system: 'Sistema', light: 'Claro', dark: 'Oscuro' },
  retrying: 'No hay conexión con Central; reintentando',
  everyone: 'Todos los puntos de carga',
  stopAll: 'Detener todos',
  resumeAll: 'Reanudar todos',
  stopAllTitle: (points) => (points === 1 ? '¿Detener el único punto de carga?' : `¿Detener los ${points} puntos de carga?`),
  stopAllText: (supplies) => `${ending(supplies)}. Con «Reanudar todos» los puntos vuelven al servicio.`,
  stopSomeText: (supplies) => `${ending(supplies)}. Con «Reanudar» los puntos vuelven al servicio.`,
  retry: 'Reintentar',
}

export const unknownPage: Texts['unknownPage'] = {
  title: 'Página no encontrada',
  text: (page) => `Aquí no hay ninguna página «${page}»:`,
  home: 'ir a los puntos de carga',
}

/** Sentences of no page. */
export const sentences: Pick<Texts, 'unreachable' | 'notDone' | 'badId' | 'answeredWith'> = {
  unreachable: 'No hay conexión con Central.',
  notDone: 'No hay conexión con Central; no se ha hecho nada.',
  badId: 'Un ID tiene de 1 a 64 de los caracteres A-Z a-z 0-9 . _ @ : - y empieza y termina con una letra o una cifra.',
  answeredWith: (status) => `Central respondió con el error ${status}.`,
}

/** What parts of pages say wherever they are. */
export const parts: Texts['parts'] = {
  link: {
    title: 'Conexión con Central',
    states: { connecting: 'Conectando', live: 'En directo', polling: 'Consulta cada 2 s', offline: 'Sin conexión' },
  },
  asOf: (time) => `a las ${time}`,
  cancel: 'Cancelar',
  dismiss: 'Cerrar',
  messages: {
    title: 'Mensajes del sistema',
    levels: { info: 'Info', warning: 'Aviso', error: 'Error' },
    none: 'Todavía no ha ocurrido nada.',
  },
}

export const time: Texts['time'] = {
  ago: (span) => `hace ${span}`,
}
