/** The words of what is around every page, in Spanish: the palette, the keys, the reader's choices. */
import type { Texts } from '../en/index.ts'

export const palette: Texts['palette'] = {
  open: 'Buscar…',
  title: 'Buscar una página, un punto o una orden',
  placeholder: 'Página, punto, emplazamiento, conductor u orden',
  found: 'Resultados',
  nothing: 'No hay nada con ese nombre.',
  page: 'Página',
  point: 'Punto de carga',
  site: 'Emplazamiento',
  command: 'Orden',
  view: (page) => `Vista guardada de ${page}`,
  inPoints: (text) => `Puntos con «${text}»`,
  inSessions: (text) => `Sesiones con «${text}»`,
  theme: (name) => `Tema: ${name}`,
  density: (name) => `Densidad: ${name}`,
}

export const saved: Texts['saved'] = {
  button: (views) => (views === 0 ? 'Vistas' : `Vistas (${views})`),
  title: 'Vistas guardadas',
  save: 'Nombre para lo que se muestra ahora',
  send: 'Guardar',
  done: (name) => `${name} está guardada.`,
  none: 'No hay ninguna vista guardada de esta página. Una vista conserva el filtro, el orden y la forma de mostrar.',
  name: 'Nombre',
  rename: 'Renombrar',
  renameOf: (name) => `Renombrar ${name}`,
  taken: (name) => `Ya hay una vista llamada ${name}.`,
  remove: 'Eliminar',
  removeOf: (name) => `Eliminar ${name}`,
  removed: (name) => `${name} está eliminada.`,
  close: 'Cerrar',
}

export const shortcuts: Texts['shortcuts'] = {
  title: 'Atajos de teclado',
  close: 'Cerrar',
  keys: [
    { keys: 'Ctrl K', text: 'Buscar una página, un punto o una orden (⌘ K en un Mac)', isSingle: false },
    { keys: '/', text: 'Ir a la búsqueda de la página', isSingle: true },
    { keys: '?', text: 'Mostrar esta lista', isSingle: true },
    { keys: 'Esc', text: 'Cerrar lo que está abierto sobre la página', isSingle: false },
  ],
}

export const settings: Texts['settings'] = {
  title: 'Ajustes',
  short: 'Ajustes',
  look: 'Aspecto en este navegador',
  kept: 'Se guarda en este navegador, para quien lo use.',
  language: 'Idioma',
  density: 'Densidad',
  densities: { comfortable: 'Amplia', compact: 'Compacta' },
  keys: 'Atajos de una sola tecla',
  switch: { on: 'Activados', off: 'Desactivados' },
  keysHint: 'Teclas como ? y / actúan donde nadie escribe. Ctrl K actúa siempre.',
  about: 'Acerca de',
  version: 'Versión',
  since: 'En marcha desde hace',
  points: 'Puntos de carga',
  mode: 'Acceso',
  modes: { open: 'Abierto: quien llega hasta aquí puede hacerlo todo', secure: 'Las personas inician sesión' },
  health: 'Estado',
  well: 'Todo va bien',
  api: 'La API HTTP',
  apiText: 'Los programas pueden pedir todo lo que se ve aquí.',
}
