/** The words about alerts, in Spanish. */
import type { AlertCode } from '../../central/views.ts'
import type { Texts } from '../en/index.ts'

/** What is so where an alert of a rule is open, and when it closes. */
const RULES: Record<AlertCode, { said: (point: string, session: string) => string; closes: string }> = {
  fault: { said: (point) => `${point} está averiado`, closes: 'su motor vuelve a estar bien' },
  offline: { said: (point) => `${point} está sin señal: no hay enlace con su monitor`, closes: 'se vuelve a oír a su monitor' },
  unannounced: {
    said: (point) => `${point}: su monitor está, y su motor no se ha presentado`,
    closes: 'su motor dice cómo está',
  },
  no_readings: { said: (point) => `${point} carga y no llegan lecturas`, closes: 'llega una lectura o termina la sesión' },
  limit_not_kept: { said: (point) => `${point} no ha confirmado su límite`, closes: 'su motor confirma el límite' },
  overload: {
    said: (point) => `${point}: su vehículo consume más de lo que se le ofrece`,
    closes: 'su motor ha terminado la carga o el vehículo obedece',
  },
  idle_long: {
    said: (point) => `${point} está ocupado: el vehículo sigue enchufado después de su carga`,
    closes: 'el vehículo se va o empieza la siguiente carga',
  },
  reserved_in_vain: {
    said: (point) => `${point} se guarda para un conductor que lo ha reservado, y no puede dar servicio`,
    closes: 'vuelve a poder dar servicio o termina la reserva',
  },
  bill_held: { said: (point, session) => `${point}: el cobro de ${session} está retenido`, closes: 'la sesión se cobra' },
  capture_waits: {
    said: (point, session) => `${point}: el pago de ${session} todavía no se ha capturado`,
    closes: 'el proveedor de pagos ha respondido',
  },
  payment_difference: {
    said: (_, session) => `El proveedor de pagos tiene otra cosa de ${session}`,
    closes: 'una comparación posterior ya no lo encuentra',
  },
}

const BEFORE_WHY: Partial<Record<AlertCode, string>> = {
  fault: ' is faulty: ',
  bill_held: ' is held: ',
  capture_waits: ' is not captured yet: ',
  payment_difference: ' is paid otherwise at the provider: ',
}

/** Of a fault and of bills and payments Central says why, behind a colon. */
function why(text: string, rule: AlertCode): string {
  const begin = BEFORE_WHY[rule] ?? null
  const at = begin === null ? -1 : text.indexOf(begin)
  return at < 0 ? '' : ` («${text.slice(at + begin!.length)}»)`
}

const webhooks: Texts['alerts']['webhooks'] = {
  title: 'Webhooks',
  text: 'A estas direcciones se les avisa cuando una alerta se abre, se confirma o se cierra.',
  none: 'Todavía no se avisa a nadie de las alertas.',
  add: 'Añadir un webhook',
  url: 'Dirección',
  rules: 'De qué reglas',
  rulesHint: 'Ninguna elegida: de todas',
  all: 'Todas las reglas',
  send: 'Añadir el webhook',
  once: (url) => `El secreto de ${url}`,
  onceText: 'Se muestra ahora y nunca más. Lo que llega va firmado con él, según Standard Webhooks.',
  disabled: 'Desactivado',
  active: 'Activo',
  enable: 'Activar',
  disable: 'Desactivar',
  test: 'Probar',
  tested: (url) => `Se está avisando a ${url}.`,
  remove: 'Quitar',
  ofOne: (verb, url) => `${verb} ${url}`,
  sure: (url) => `¿Quitar ${url}?`,
  sureText: 'Ya no se le avisa de nada, y lo que le espera se descarta. Su secreto se pierde.',
  removed: (url) => `${url} se ha quitado.`,
  newest: 'Entregas más recientes',
  untold: 'Todavía no se le ha avisado de nada.',
  attempts: (count) => (count === 1 ? '1 intento' : `${count} intentos`),
  answered: (status) => `respondió ${status}`,
  again: (moment) => `otra vez a las ${moment}`,
  states: { pending: 'En espera', delivered: 'Entregada', given_up: 'Abandonada', dropped: 'Descartada' },
  events: {
    'alert.opened': 'Abierta',
    'alert.acknowledged': 'Confirmada',
    'alert.closed': 'Cerrada',
    'webhook.test': 'Prueba',
  },
}

export const alerts: Texts['alerts'] = {
  webhooks,
  title: 'Alertas',
  states: { open: 'Abierta', acknowledged: 'Confirmada', closed: 'Cerrada' },
  rules: {
    fault: 'Avería',
    offline: 'Sin señal',
    unannounced: 'Motor sin presentarse',
    no_readings: 'Sin lecturas',
    limit_not_kept: 'Límite sin confirmar',
    overload: 'Sobrecarga',
    idle_long: 'El vehículo sigue ahí',
    reserved_in_vain: 'Reservado y sin servicio',
    bill_held: 'Cobro retenido',
    capture_waits: 'Captura en espera',
    payment_difference: 'Pago distinto',
  },
  severities: { error: 'Error', warning: 'Aviso' },
  wanted: { unclosed: 'Abiertas y confirmadas', all: 'Todas' },
  state: 'Estado',
  rule: 'Regla',
  anyRule: 'Cualquier regla',
  sought: 'Punto o texto',
  soughtLabel: 'Filtrar por punto o texto',
  none: 'Nada requiere atención: no hay ninguna alerta abierta.',
  noMatch: 'Ninguna alerta coincide.',
  usual: 'Mostrar las abiertas',
  since: (moment) => `desde ${moment}`,
  closed: (moment) => `cerrada ${moment}`,
  seen: (who, moment) => `Confirmada por ${who}, ${moment}`,
  somebody: 'alguien',
  session: 'Sesión',
  acknowledge: 'Confirmar',
  acknowledgeOf: (text) => `Confirmar: ${text}`,
  note: 'Nota',
  noteHint: 'Puede quedar vacía. Los demás la ven con la alerta.',
  send: 'Confirmar',
  done: (text) => `Confirmada: ${text}.`,
  rulesTitle: 'Reglas',
  rulesText: 'Una alerta se abre cuando esto dura el tiempo indicado, y se cierra por sí sola.',
  columns: { rule: 'Regla', severity: 'Gravedad', opens: 'Se abre', closes: 'Se cierra cuando' },
}

export const alert: Texts['alert'] = {
  said: ({ rule, cp_id, session_id, text }) => RULES[rule].said(cp_id, session_id ?? '') + why(text, rule),
  closes: ({ rule }) => RULES[rule].closes,
  after: ({ after_s }) => (after_s === 0 ? 'En el acto' : `Tras ${spanText(after_s)}`),
}

function spanText(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}\u202fmin` : `${seconds}\u202fs`
}
