import { z } from 'zod'
import { InvalidInputError } from './errors.js'
import { Account } from './parseInput.js'
import { problemOf } from './problemOf.js'
import { SubAppId } from './schemas/common.js'
import { TasksPriority } from './schemas/submission.js'

const FileId = z
  .string('must be a string; as a number it loses digits')
  .regex(/^[\x21-\x7e]{1,64}$/, 'is not an id; give 1 to 64 characters without spaces')

const share = z.number().min(0, 'is below 0; give a percentage').max(100, 'is above 100; give a percentage')
const tasks = z.int('must be a whole number').min(1, 'is below 1; give the tasks that may be made')

const ours = ['Sort', 'Offset', 'Limit', 'Filters', 'SubAppId'] as const

const Search = z.looseObject({}).superRefine((search, context) => {
  for (const name of ours.filter((name) => name in search)) {
    const message = 'is set by vodflow, which reads page after page; leave it out'
    context.addIssue({ code: 'custom', path: [name], message })
  }
})

const Source = z.union(
  [
    z.strictObject({
      FileIds: z
        .array(FileId)
        .min(1, 'is empty; give at least one')
        .max(10_000, 'has more than 10,000; give a file of ids'),
    }),
    z.strictObject({
      file: z
        .string()
        .regex(/^[\w.-]{1,200}$/, 'is not a name; give that of a file in the idsFolder of the worker'),
    }),
    z.strictObject({ search: Search }),
  ],
  'must have one of FileIds, file or search; give one',
)

/** Limit of `window`: a batch remembers each run that it waits for. */
export const maxWindow = 2_000

export const Window = z
  .int('must be a whole number')
  .min(1, 'is below 1; pause the batch instead')
  .max(maxWindow, `is above ${maxWindow}; VOD does not finish more at once in time`)

const LibraryInputSchema = z.looseObject({
  source: Source,
  ProcedureName: z.string('must be the name of a task flow template').min(1, 'is empty; give a name'),
  SubAppId: SubAppId.optional(),
  account: Account.default('default'),
  window: Window.default(100),
  TasksPriority: TasksPriority.default(-1),
  onPartial: z.enum(['accept', 'fail', 'repair'], 'must be accept, fail or repair').default('accept'),
  skipDone: z.boolean('must be true or false').default(true),
  stopAtFailedPercent: share.default(10),
  maxTasks: tasks.optional(),
  maxTasksPerDay: tasks.optional(),
  dryRun: z.boolean('must be true or false').default(false),
  events: z.boolean('must be true or false').optional(),
  delays: z.looseObject({}).optional(),
})

/** With the defaults filled in. */
export type ParsedLibrary = z.output<typeof LibraryInputSchema>

/** @throws InvalidInputError that names every field that is wrong, and what to do about it. */
export function parseLibrary(value: unknown): ParsedLibrary {
  const parsed = LibraryInputSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new InvalidInputError(parsed.error.issues.flatMap(flat).map(problemOf))
}

/** Of a union that nothing fits, the problems of the member that comes nearest. */
function flat(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const near = issue.errors.find((errors) => errors.every(({ code }) => code !== 'unrecognized_keys'))
  return near ? near.map((each) => ({ ...each, path: [...issue.path, ...each.path] })) : [issue]
}
