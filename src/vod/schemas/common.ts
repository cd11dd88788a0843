import { z } from 'zod'
import { subAppIdRule } from '../../contract/patterns.js'
import { wholeOf } from './rules.js'

/** Sent: `SubAppId` is a number everywhere. */
export const SubAppId = wholeOf(subAppIdRule)

/** Received: VOD sends null, leaves members out and adds new ones; what is not there reads as empty. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

export const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0)

/** A list that VOD may send as null or leave out. */
export function list<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((value) => value ?? [])
}

/** A list that every answer has: VOD may write an empty one as null, and an answer without it is incomplete. */
export function shownList<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullable()
    .transform((value) => value ?? [])
}

/** Every response carries it. */
export const RequestId = { RequestId: text }

/** A response in which nothing but the RequestId is of interest. */
export const emptyResponse = z.looseObject(RequestId)
