import { z } from 'zod'
import { InvalidInputError } from './errors.js'
import { Account, GivenDelays, OnPartial } from './parseInput.js'
import { ruleNamePattern } from './patterns.js'
import { problemOf } from './problemOf.js'
import { SubAppId } from './schemas/common.js'
import { FileId, TaskId, templateName } from './schemas/ids.js'
import { type AnnouncedUpload, longestMaxAgeMs, type UploadRuleInput } from './upload.js'

const prefix = z.string('must be text').optional()

const rule = {
  name: z
    .string()
    .regex(ruleNamePattern, 'is not a name; give 1 to 50 letters, digits, dots or hyphens')
    .optional(),
  SubAppId: SubAppId.optional(),
  account: Account.optional(),
  match: z
    .strictObject({
      namePrefix: prefix,
      storagePathPrefix: prefix,
      sourceContextPrefix: prefix,
      ClassIds: z.array(z.int('must be whole numbers')).optional(),
      Categories: z.array(z.string()).min(1, 'is empty; leave it out, or give e.g. Video').optional(),
    })
    .optional(),
  maxAgeMs: z
    .int('must be a whole number of milliseconds')
    .min(60_000, 'is below a minute; give milliseconds')
    .max(longestMaxAgeMs, 'is above 60 hours; a batch on a schedule finds what is older')
    .optional(),
  work: z.union(
    [
      z.strictObject({
        ProcedureName: templateName,
        onPartial: OnPartial.optional(),
      }),
      z.strictObject({ workflowType: z.string().min(1), taskQueue: z.string().min(1) }),
    ],
    'must say what to do; give ProcedureName, or workflowType and taskQueue',
  ),
  events: z.boolean('must be true or false').optional(),
  delays: GivenDelays.optional(),
}

const Rule = z.strictObject(rule)
const Input = z.strictObject({
  ...rule,
  FileId,
  tasks: z.array(TaskId).max(2, 'has more than 2').optional(),
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
