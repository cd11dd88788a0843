import { z } from 'zod'
import { InvalidInputError } from './errors.js'
import { maxWindow } from './library.js'
import { Account, GivenDelays, OnPartial } from './parseInput.js'
import { fileNamePattern } from './patterns.js'
import { problemOf } from './problemOf.js'
import { SubAppId } from './schemas/common.js'
import { FileId, templateName } from './schemas/ids.js'
import { TasksPriority } from './schemas/submission.js'

const share = z.number().min(0, 'is below 0; give a percentage').max(100, 'is above 100; give a percentage')
const tasks = z.int('must be a whole number').min(1, 'is below 1; give the tasks that may be made')

const ours = ['Sort', 'Offset', 'Limit', 'Filters', 'SubAppId'] as const

const Search = z.looseObject({}).superRefine((search, context) => {
  for (const name of ours.filter((name) => name in search)) {
    const message =
      name === 'SubAppId'
        ? 'does not belong here; give it beside `source`, where it is for the whole batch'
        : 'is set by vodflow, which reads page after page; leave it out'
    context.addIssue({ code: 'custom', path: [name], message })
  }
})

const InFolder = z.strictObject({
  file: z
    .string('is not a name; give that of a file in the idsFolder of the worker')
    .regex(fileNamePattern, 'is not a name; give that of a file in the idsFolder of the worker'),
})
const Found = z.strictObject({ search: Search })

const Source = z.union(
  [
    z.strictObject({
      FileIds: z
        .array(FileId)
        .min(1, 'is empty; give at least one')
        .max(10_000, 'has more than 10,000; give a file of ids'),
    }),
    InFolder,
    Found,
  ],
  'must have one of FileIds, file or search; give one',
)

const place = z.int('must be a whole number').min(0, 'is below 0; leave it out')

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

const Window = z
  .int('must be a whole number')
  .min(1, 'is below 1; pause the batch instead')
  .max(maxWindow, `is above ${maxWindow}; VOD does not finish more at once in time`)

/** Strict: a misspelt `dryRun` or `maxTasks` would start what nobody meant to pay. */
const LibraryInputSchema = z.strictObject({
  source: Source,
  ProcedureName: templateName,
  SubAppId: SubAppId.optional(),
  account: Account.default('default'),
  window: Window.default(100),
  TasksPriority: TasksPriority.default(-1),
  onPartial: OnPartial.default('accept'),
  skipDone: z.boolean('must be true or false').default(true),
  stopAtFailedPercent: share.default(10),
  maxTasks: tasks.optional(),
  maxTasksPerDay: tasks.optional(),
  dryRun: z.boolean('must be true or false').default(false),
  events: z.boolean('must be true or false').optional(),
  delays: GivenDelays.optional(),
})

/** With the defaults filled in. */
export type ParsedLibrary = z.output<typeof LibraryInputSchema>

/** @throws InvalidInputError that names every field that is wrong, and what to do about it. */
export function parseLibrary(value: unknown): ParsedLibrary {
  const parsed = LibraryInputSchema.safeParse(value)
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
