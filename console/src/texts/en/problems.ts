/** What is said of problems and notices by their code, in English: Central's own sentences, and at times what to do. */
import type { NoticeCode, NoticeView, ProblemCode } from '../../central/views.ts'

export type { NoticeCode, ProblemCode }

/** What a notice is made of. */
export type NoticeFacts = Pick<NoticeView, 'text' | 'code' | 'cp_id' | 'session_id' | 'detail'>

/** A sentence of the console about a problem; `detail` is Central's own, which ends with a full stop. */
export type Sentence = (detail: string) => string

/** Where Central's sentence alone says what to do, there is none. */
export const problems: Partial<Record<ProblemCode, Sentence>> = {
  unknown_point: (detail) => `${detail} It may have been retired.`,
  unknown_session: (detail) => `${detail} Look for it in the list of sessions.`,
  unknown_site: (detail) => detail,
  unknown_resource: (detail) => detail,
  refused: (detail) => detail,
  not_decided: (detail) => `${detail} Try again.`,
  forbidden: (detail) => `${detail} An administrator can change that.`,
}

/** A clause of Central's, such as why a point is faulty or a supply has ended. */
export const reason = (said: string) => said

/** What operators are told. */
export const notice = ({ text }: NoticeFacts) => text
