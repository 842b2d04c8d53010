/** What is said of problems by their code, in Spanish. What Central says beside it is translated where it is known, and
 *  stands in quotes where it is not. */
import type { ProblemCode, Sentence } from '../en/problems.ts'
import { known } from './reasons.ts'

/** What is wrong with a credential, and problems that are called by the status of HTTP. */
type OtherCode = 'unauthenticated' | 'unknown_credential' | 'malformed' | 'expired' | 'revoked' | 'not_found' | 'method_not_allowed'

/** A Spanish sentence, followed by Central's in quotes. */
function quoting(sentence: string): Sentence {
  return (detail) => `${sentence}: «${detail.replace(/\.$/, '')}».`
}

/** The reason of Central in Spanish where it is known; else a sentence that quotes it. */
function because(sentence: string, then = ''): Sentence {
  return (detail) => {
    const why = known(detail.replace(/\.$/, ''))
    return `${why === null ? quoting(sentence)(detail) : `${why}.`}${then}`
  }
}

const plain = (sentence: string): Sentence => () => sentence

/** The ID with which Central's sentence begins. */
function of(detail: string): string {
  return /^\S+/.exec(detail)?.[0] ?? ''
}

export const problems: Record<ProblemCode | OtherCode, Sentence> = {
  unknown_point: because('El punto de carga no se conoce', ' Es posible que se haya retirado.'),
  unknown_session: because('La sesión no se conoce', ' Se puede buscar en la lista de sesiones.'),
  unknown_site: (detail) => `${of(detail)} no es un emplazamiento conocido: no tiene ningún punto de carga.`,
  unknown_resource: quoting('No se ha encontrado'),
  unknown_account: quoting('La cuenta no existe'),
  unknown_key: quoting('La clave de máquina no existe'),
  unknown_host: plain('Esta dirección no es de este servidor: usa su dirección IP o localhost, o añade el nombre a CENTRAL_HTTP_NAMES.'),
  refused: because('Central lo ha rechazado'),
  not_decided: quoting('Central no pudo decidir a tiempo; inténtalo de nuevo'),
  forbidden: quoting('No tienes permiso para hacerlo; un administrador puede cambiarlo'),
  foreign_page: quoting('La solicitud no viene de una página de Central'),
  too_many_attempts: (detail) => {
    const seconds = /(\d+) s\b/.exec(detail)?.[1]
    return seconds === undefined ? 'Demasiados intentos.' : `Demasiados intentos: prueba de nuevo en ${seconds} s.`
  },
  not_enrolled: quoting('El punto no está vinculado'),
  overtaken: quoting('Alguien lo cambió mientras tanto; revísalo de nuevo'),
  name_taken: (detail) =>
    detail.startsWith('This name') ? 'Ese nombre ya está en uso: elige otro.' : quoting('Ya existe una cuenta así')(detail),
  last_administrator: plain('Es el último administrador: crea otro primero.'),
  invalid: quoting('Los datos no son válidos'),
  not_json: plain('El contenido enviado no es JSON en UTF-8.'),
  too_large: plain('El contenido enviado es demasiado grande.'),
  mistake: plain('Central cometió un error; su registro indica cuál.'),
  not_available: quoting('Central no está disponible en este momento'),
  unauthenticated: plain('Hay que iniciar sesión.'),
  unknown_credential: because('Las credenciales no son válidas'),
  malformed: quoting('La credencial está mal formada'),
  expired: because('Ha caducado'),
  revoked: because('Ya no es válido'),
  not_found: quoting('No se ha encontrado'),
  method_not_allowed: quoting('Aquí no se puede hacer'),
}
