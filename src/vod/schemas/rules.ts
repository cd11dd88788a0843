import { z } from 'zod'
import { type Check, type NumberRule, type TextRule, text, whole } from '../../contract/check.js'

/** A zod schema that reports the problems of a check, each as `{ problem, remedy }`. */
function schemaOf<T>(check: Check<T>): z.ZodType<T, T> {
  return z.custom<T>().superRefine((value, context) => {
    for (const { field: _, ...params } of check(value)) context.addIssue({ code: 'custom', params })
  })
}

export const textOf = (rule: TextRule) => schemaOf(text(rule))
export const wholeOf = (rule: NumberRule) => schemaOf(whole(rule))
