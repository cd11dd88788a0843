import { z } from 'zod'
import { problemOf } from '../../vod/problemOf.js'
import { SubAppId } from '../../vod/schemas/common.js'
import { FileId, TaskId, templateName } from '../../vod/schemas/ids.js'
import { textOf, wholeOf } from '../../vod/schemas/rules.js'
import { InvalidInputError } from '../errors.js'
import {
  anyTextRule,
  categoriesWords,
  classIdRule,
  flagWords,
  maxAgeRule,
  maxUploadTasks,
  queueNameRule,
  ruleNameRule,
  temporalNameRule,
  uploadTasksWords,
} from '../patterns.js'
import type { AnnouncedUpload, UploadRuleInput } from '../upload.js'
import { Account, GivenDelays, OnPartial } from './step.js'

const prefix = textOf(anyTextRule).optional()

const rule = {
  name: textOf(ruleNameRule).optional(),
  SubAppId: SubAppId.optional(),
  account: Account.optional(),
  match: z
    .strictObject({
      namePrefix: prefix,
      storagePathPrefix: prefix,
      sourceContextPrefix: prefix,
      ClassIds: z.array(wholeOf(classIdRule)).optional(),
      Categories: z.array(textOf(anyTextRule), categoriesWords).min(1, categoriesWords).optional(),
    })
    .optional(),
  maxAgeMs: wholeOf(maxAgeRule).optional(),
  work: z.union(
    [
      z.strictObject({
        ProcedureName: templateName,
        onPartial: OnPartial.optional(),
      }),
      z.strictObject({ workflowType: textOf(temporalNameRule), taskQueue: textOf(queueNameRule) }),
    ],
    'must say what to do; give ProcedureName, or workflowType and taskQueue',
  ),
  events: z.boolean(flagWords).optional(),
  delays: GivenDelays.optional(),
}

const Rule = z.strictObject(rule)
const Input = z.strictObject({
  ...rule,
  FileId,
  tasks: z.array(TaskId, uploadTasksWords).max(maxUploadTasks, uploadTasksWords).optional(),
  announcedAt: z.number(),
})

/** @throws InvalidInputError that names every field that is wrong, with `rule.` before it. */
export function checkUploadRule(given: UploadRuleInput): void {
  const { error } = Rule.safeParse(given)
  if (!error) return
  throw new InvalidInputError(
    error.issues.map(problemOf).map((each) => ({ ...each, field: `rule.${each.field}` })),
  )
}

/** @throws InvalidInputError that names every field that is wrong. */
export function checkUploadInput(given: AnnouncedUpload): void {
  const { error } = Input.safeParse(given)
  if (error) throw new InvalidInputError(error.issues.map(problemOf))
}
