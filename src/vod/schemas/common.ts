import { z } from 'zod'
import { subAppIdRule } from '../../contract/patterns.js'
import { wholeOf } from './rules.js'

/** The `SubAppId` of a request. It is a number in every action. */
export const SubAppId = wholeOf(subAppIdRule)

/** A text of a response. VOD sends null, omits members and adds new ones; a missing text becomes empty. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

/** A list that VOD may send as null or omit. */
export function list<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((value) => value ?? [])
}

/** A list that every answer has. VOD may write an empty one as null. An answer without it is incomplete. */
export function shownList<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullable()
    .transform((value) => value ?? [])
}

/** The member that every response has. */
export const RequestId = { RequestId: text }

/** A response of which only the RequestId is used. */
export const emptyResponse = z.looseObject(RequestId)
