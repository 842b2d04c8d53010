/** Central's clauses and notices in Spanish. A clause that is not known here stays as Central says it, in quotes. */
import type { NoticeCode, NoticeFacts } from '../en/problems.ts'

/** Clauses without a fact in them: why a supply ended, why a bill is held, why a point is not in service. */
const CLAUSES: Record<string, string> = {
  'supply complete': 'carga completa',
  unplugged: 'desenchufado',
  'stopped by the operator': 'detenido por el operador',
  'stopped by the driver': 'detenido por el conductor',
  'its time was up': 'se agotó su tiempo',
  'what was held on the card was used up': 'se agotó lo retenido en la tarjeta',
  'nothing could be held on the card': 'no se pudo retener nada en la tarjeta',
  'fault at the charging point': 'avería en el punto de carga',
  'the vehicle drew too much': 'el vehículo consumió demasiado',
  'charging point restarted': 'el punto de carga se reinició',
  'charging point shut down': 'el punto de carga se apagó',
  'the charging point did not start': 'el punto de carga no arrancó',
  'the charging point lost its memory': 'el punto de carga perdió su memoria',
  'still open': 'aún abierta',
  'the charging point did not start in time': 'el punto de carga no arrancó a tiempo',
  'session forgotten': 'sesión olvidada',
  'point retired': 'punto retirado',
  'the bill is held': 'el cobro queda retenido',
  'the last reading that Central received is proposed': 'se propone la última lectura que recibió Central',
  'two engines supplied it': 'la suministraron dos motores',
  'it begins with another reading than was said at the start': 'empieza con otra lectura que la indicada al inicio',
  'it began at another moment than was said at the start': 'empezó en otro momento que el indicado al inicio',
  'it begins behind the reading that the point showed before': 'empieza por debajo de la lectura anterior del punto',
  'the register ran backwards': 'el contador retrocedió',
  'it ended before it began': 'terminó antes de empezar',
  'the clock of the charging point is wrong': 'el reloj del punto de carga no es correcto',
  'more energy than the point can give in that time': 'más energía de la que el punto puede dar en ese tiempo',
  'more energy than the point can give since it was authorised':
    'más energía de la que el punto puede dar desde que se autorizó',
  'its readings within the supply are not in order': 'las lecturas de la carga no están en orden',
  'it lasted longer than since it was authorised': 'duró más que el tiempo desde que se autorizó',
  'more power than the point has': 'más potencia de la que tiene el punto',
  'no link to its monitor': 'sin señal de su supervisor',
  'the engine has not announced itself': 'el motor no se ha anunciado',
  "its engine's run is dated more than a day ahead of Central's clock":
    'la ejecución de su motor tiene una fecha más de un día adelantada al reloj de Central',
  'fault reported at the point': 'avería comunicada en el punto',
  fault: 'avería',
  'not ready': 'no está listo',
  'not yet heard from the engine': 'aún sin noticias del motor',
  'the engine does not answer': 'el motor no responde',
  'cannot reach Kafka': 'sin conexión con Kafka',
  'it had not begun': 'no había empezado',
  'sign in first: evcharging driver login': 'hay que iniciar sesión primero: evcharging driver login',
  'The name or the password is wrong: try again': 'El nombre o la contraseña no son correctos: inténtalo de nuevo',
  'You are not signed in, or no more: sign in again': 'No has iniciado sesión, o ya ha terminado: inicia sesión de nuevo',
  'What you may do was changed: sign in again': 'Tus permisos han cambiado: inicia sesión de nuevo',
  'The password was changed since you signed in: sign in again': 'La contraseña cambió después: inicia sesión de nuevo',
  'This account is disabled, or is gone: ask an administrator': 'La cuenta está desactivada o ya no existe: pregunta a un administrador',
  'This link was used, or has expired: ask an administrator for a new one, or `evcharging users link`':
    'Este enlace ya se usó o ha caducado: pide otro a un administrador, o usa «evcharging users link»',
  'This link was used a moment ago: ask for a new one': 'Este enlace se acaba de usar: pide otro',
  "the request came too late to be carried out: try again, and see that the machines' clocks agree":
    'la solicitud llegó demasiado tarde para cumplirse: hay que repetirla y comprobar que los relojes coinciden',
  'no card was named: add one, or name a payment method': 'no se indicó ninguna tarjeta: hay que añadir una o indicar un medio de pago',
  'the payment provider does not answer: try again later': 'el proveedor de pagos no responde: hay que intentarlo más tarde',
  'what can be held on the card does not cover the least that a charge costs':
    'lo que se puede retener en la tarjeta no cubre el mínimo que cuesta una carga',
  'the card was declined': 'la tarjeta fue rechazada',
  'its driver cancelled it': 'su conductor la canceló',
  'an operator cancelled it': 'un operador la canceló',
  'the point was retired': 'el punto se ha retirado',
  'this key was used for another order: give each order its own': 'esta clave ya se usó para otra orden: cada orden necesita la suya',
}

type Parts = Record<string, string>

/** Clauses with facts in them, each with a name. */
const PATTERNS: [RegExp, (parts: Parts) => string][] = [
  [/^(?<id>\S+) is offline$/, ({ id }) => `${id} está sin señal`],
  [/^(?<id>\S+) is stopped by the operator$/, ({ id }) => `${id} está detenido por el operador`],
  [/^the card was declined: (?<code>\S+)$/, ({ code }) => `la tarjeta fue rechazada: ${code}`],
  [/^(?<id>\S+) is busy$/, ({ id }) => `${id} está ocupado`],
  [/^(?<id>\S+) is kept for another driver$/, ({ id }) => `${id} está reservado para otro conductor`],
  [/^(?<id>\S+) is reserved from (?<from>.+ UTC) to (?<to>.+ UTC): leave (?<n>\d+) minutes between$/,
    ({ id, from, to, n }) => `${id} está reservado de ${from} a ${to}: hay que dejar ${n} minutos entre medias`],
  [/^(?<id>\S+) is reserved for another driver from (?<from>.+ UTC)$/,
    ({ id, from }) => `${id} está reservado para otro conductor desde ${from}`],
  [/^(?<id>\S+) is reserved from (?<from>.+ UTC), and less than (?<n>\d+) minutes are left$/,
    ({ id, from, n }) => `${id} está reservado desde ${from}, y quedan menos de ${n} minutos`],
  [/^(?<id>\S+) charges another vehicle, maybe until (?<to>.+ UTC): begin (?<n>\d+) minutes after that$/,
    ({ id, to, n }) => `${id} carga otro vehículo, quizá hasta ${to}: hay que empezar ${n} minutos después`],
  [/^no point is free then: (?<why>.+)$/, ({ why }) => `no hay ningún punto libre entonces: ${reason(why!)}`],
  [/^a reservation cannot begin in the past: it is (?<now>.+ UTC) already$/,
    ({ now }) => `una reserva no puede empezar en el pasado: ya son las ${now}`],
  [/^a reservation begins within (?<n>\d+) days: before (?<at>.+ UTC)$/,
    ({ n, at }) => `una reserva empieza en los próximos ${n} días: antes de ${at}`],
  [/^a reservation lasts (?<n>\d+) minutes at least$/, ({ n }) => `una reserva dura al menos ${n} minutos`],
  [/^a reservation lasts (?<n>\d+) hours at most$/, ({ n }) => `una reserva dura como mucho ${n} horas`],
  [/^nobody came within (?<n>\d+) minutes$/, ({ n }) => `nadie vino en ${n} minutos`],
  [/^(?<id>\S+) could not serve all the time$/, ({ id }) => `${id} no pudo dar servicio todo el tiempo`],
  [/^moved to (?<id>\S+)$/, ({ id }) => `trasladada a ${id}`],
  [/^(?<id>\S+) is occupied: the vehicle of the last charge is still plugged in$/,
    ({ id }) => `${id} está ocupado: el vehículo de la última carga sigue enchufado`],
  [/^(?<id>\S+) is faulty: (?<why>.+)$/, ({ id, why }) => `${id} no puede dar servicio: ${reason(why!)}`],
  [/^(?<id>\S+) is offline and cannot (?<act>\w+)$/, ({ id, act }) => `${id} está sin señal y no puede ${infinitive(act!)}`],
  [/^(?<id>\S+) (?<why>.+) and cannot (?<act>\w+)$/, ({ id, why, act }) => `${id} no puede ${infinitive(act!)}: ${reason(why!)}`],
  [/^(?<id>\S+) is not a known charging point$/, ({ id }) => `${id} no es un punto de carga conocido`],
  [/^(?<id>\S+) is not a known session of (?<of>\S+)$/, ({ id, of }) => `${id} no es una sesión conocida de ${of}`],
  [/^(?<id>\S+) is not a known session$/, ({ id }) => `${id} no es una sesión conocida`],
  [/^(?<id>\S+) has ended already$/, ({ id }) => `${id} ya ha terminado`],
  [/^(?<id>\S+): the supply has ended already; unplug the vehicle, which ends the session$/,
    ({ id }) => `${id}: la carga ya ha terminado; al desenchufar el vehículo termina la sesión`],
  [/^two engines say that they are (?<id>\S+)$/, ({ id }) => `dos motores dicen ser ${id}`],
  [/^no readings for (?<s>[\d.e+]+) s$/, ({ s }) => `sin lecturas durante ${s} s`],
  [/^by (?<by>\S+) with (?<kwh>\S+) kWh: (?<note>[^]*)$/, ({ by, kwh, note }) => `por ${by} con ${kwh} kWh: ${note}`],
]

const ACTS: Record<string, string> = {
  stop: 'detenerse',
  resume: 'reanudarse',
  plug: 'enchufarse',
  unplug: 'desenchufarse',
  fault: 'averiarse',
  recover: 'repararse',
}

function infinitive(act: string): string {
  return ACTS[act] ?? `«${act}»`
}

/** A clause in Spanish; null where it is not known. */
export function known(clause: string): string | null {
  if (Object.hasOwn(CLAUSES, clause)) return CLAUSES[clause]!
  for (const [pattern, say] of PATTERNS) {
    const found = pattern.exec(clause)
    if (found) return say(found.groups ?? {})
  }
  return null
}

/** Clauses come alone, or several between semicolons and colons. */
export function reason(said: string): string {
  const whole = known(said)
  if (whole !== null) return whole
  for (const mark of ['; ', ': ']) {
    const parts = said.split(mark)
    if (parts.length > 1 && parts.some((part) => known(part) !== null)) return parts.map(reason).join(mark)
  }
  return said.startsWith('«') ? said : `«${said}»`
}

type Say = (facts: { cp: string; session: string; why: string }) => string

const NOTICES: Record<NoticeCode, Say> = {
  central_ok: () => 'Central funciona correctamente',
  point_registered: ({ cp }) => `${cp} se ha registrado`,
  point_retired: ({ cp }) => `${cp} se ha retirado`,
  point_online: ({ cp }) => `${cp} está en línea`,
  point_offline: ({ cp }) => `${cp} está sin señal`,
  point_faulty: ({ cp, why }) => `${cp} no puede dar servicio: ${why}`,
  point_stopped: ({ cp }) => `El operador ha detenido ${cp}`,
  point_in_service: ({ cp }) => `${cp} vuelve a estar en servicio`,
  run_forgotten: ({ cp }) => `${cp}: se ha olvidado la ejecución de su motor`,
  run_ahead: ({ cp, why }) =>
    `${cp}: se rechaza la ejecución ${why}: su fecha está más de un día adelantada al reloj de Central`,
  readings_rejected: ({ cp, session, why }) => `${cp}: no se muestran las lecturas de ${session}: ${why}`,
  final_reading_rejected: ({ cp, session, why }) => `${cp}: se ha apartado una lectura final de ${session}: ${why}`,
  bill_held: ({ cp, session, why }) => `${cp}: ${session} es dudosa: ${why}; su cobro queda retenido`,
  bill_resolved: ({ cp, session, why }) => `${cp}: ${session} se ha resuelto ${why}`,
  reservation_failed: ({ cp, why }) => `${cp}: una reserva ha fallado: ${why}`,
}

/** What operators are told; Central's own sentence where the code is not known. */
export function notice({ text, code, cp_id, session_id, detail }: NoticeFacts): string {
  if (code === null || !Object.hasOwn(NOTICES, code)) return text
  const isNumber = code === 'run_ahead'
  const why = detail === null ? '' : isNumber ? detail : reason(detail)
  return NOTICES[code as NoticeCode]({ cp: cp_id ?? '', session: session_id ?? '', why })
}
