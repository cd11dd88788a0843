import { z } from 'zod'
import { problemOf } from '../../vod/problemOf.js'
import { SubAppId } from '../../vod/schemas/common.js'
import { FileId, templateName } from '../../vod/schemas/ids.js'
import { numberOf, textOf, wholeOf } from '../../vod/schemas/rules.js'
import { TasksPriority } from '../../vod/schemas/submission.js'
import { InvalidInputError } from '../errors.js'
import {
  depthWords,
  fileNameRule,
  flagWords,
  isTooDeep,
  listedIdsWords,
  maxListedIds,
  noListedIdsWords,
  percentageRule,
  placeRule,
  searchFieldWords,
  sourceWords,
  taskBudgetRule,
  windowRule,
} from '../patterns.js'
import { Account, GivenDelays, OnPartial } from './step.js'

const Search = z.looseObject({}).superRefine((search, context) => {
  for (const [name, message] of Object.entries(searchFieldWords))
    if (name in search) context.addIssue({ code: 'custom', path: [name], message })
  if (isTooDeep(search)) context.addIssue({ code: 'custom', message: depthWords })
})

const InFolder = z.strictObject({ file: textOf(fileNameRule) })
const Found = z.strictObject({ search: Search })

const Source = z.union(
  [
    z.strictObject({
      FileIds: z.array(FileId, listedIdsWords).min(1, noListedIdsWords).max(maxListedIds, listedIdsWords),
    }),
    InFolder,
    Found,
  ],
  sourceWords,
)

const place = wholeOf(placeRule)

const Page = z.strictObject({
  account: Account,
  SubAppId: SubAppId.optional(),
  source: z.union([InFolder, Found], 'must have file or search; give one'),
  cursor: z.looseObject({
    read: place,
    byte: place.optional(),
    file: z.string().optional(),
    after: z.string().optional(),
    Offset: place.optional(),
    seen: z.array(z.string()).optional(),
  }),
})

/** Strict: a misspelt `dryRun` or `maxTasks` would start what nobody meant to pay. */
const BatchInputSchema = z.strictObject({
  source: Source,
  ProcedureName: templateName,
  SubAppId: SubAppId.optional(),
  account: Account.default('default'),
  window: wholeOf(windowRule).default(100),
  TasksPriority: TasksPriority.default(-1),
  onPartial: OnPartial.optional(),
  skipDone: z.boolean(flagWords).default(true),
  stopAtFailedPercent: numberOf(percentageRule).default(10),
  maxTasks: wholeOf(taskBudgetRule).optional(),
  maxTasksPerDay: wholeOf(taskBudgetRule).optional(),
  dryRun: z.boolean(flagWords).default(false),
  events: z.boolean(flagWords).optional(),
  delays: GivenDelays.optional(),
})

/** With the defaults filled in. */
export type ParsedBatch = z.output<typeof BatchInputSchema>

/** @throws InvalidInputError that names every field that is wrong, and what to do about it. */
export function parseBatch(value: unknown): ParsedBatch {
  const parsed = BatchInputSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new InvalidInputError(parsed.error.issues.flatMap(flat).map(problemOf))
}

/** Anybody who has the namespace can schedule an activity. @throws InvalidInputError that names every field that is wrong. */
export function checkIdsPage(value: unknown): void {
  const { error } = Page.safeParse(value)
  if (error) throw new InvalidInputError(error.issues.flatMap(flat).map(problemOf))
}

/** Of a union that nothing fits, the problems of the member that comes nearest. */
function flat(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const near = issue.errors.find((errors) => errors.every(({ code }) => code !== 'unrecognized_keys'))
  return near ? near.map((each) => ({ ...each, path: [...issue.path, ...each.path] })) : [issue]
}
