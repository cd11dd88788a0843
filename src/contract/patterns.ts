/*
 * What inputs look like, how large they may be, and the words for those that do not fit. The plain checks of the workflows and the zod
 * schemas both read this file, so that no workflow refuses what a client takes.
 */

/** Text that fits a pattern. */
export interface TextRule {
  readonly pattern: RegExp
  /** The problem, and after a semicolon the remedy. */
  readonly words: string
}

/** A number within bounds, both inclusive. */
export interface NumberRule {
  readonly least: number
  readonly most: number
  readonly words: string
}

/** The id of a media file. */
export const fileIdPattern = /^[\x21-\x7e]{1,64}$/
export const fileIdRule: TextRule = {
  pattern: fileIdPattern,
  words: 'is not an id; give 1 to 64 characters without spaces',
}

/** The id of a task. Those of VOD have about 60 characters. */
export const taskIdPattern = /^[\x21-\x7e]{1,200}$/
export const taskIdRule: TextRule = {
  pattern: taskIdPattern,
  words: 'is not the id of a task; give 1 to 200 characters without spaces',
}

/** The alias of a Tencent account. */
export const accountRule: TextRule = {
  pattern: /^[a-z0-9-]{1,32}$/,
  words: 'must be 1 to 32 lower-case letters, digits or hyphens',
}

/** The name of a file in a folder: no path, and no hidden file. */
export const fileNameRule: TextRule = {
  pattern: /^[\w-][\w.-]{0,199}$/,
  words: 'is not a name; give that of a file in the idsFolder of the worker',
}

/** The key of a step, or of work. */
export const keyRule: TextRule = {
  pattern: /^[\x21-\x7e]{1,200}$/,
  words: 'is not 1 to 200 printable ASCII characters without spaces; give e.g. order-42',
}

/** The name of an upload rule. */
export const ruleNameRule: TextRule = {
  pattern: /^[\w.-]{1,50}$/,
  words: 'is not a name; give 1 to 50 letters, digits, dots or hyphens',
}

/** The name of a task flow template: no blanks around it, no control characters. */
export const templateNameRule: TextRule = {
  pattern: /^(?!\s)[^\p{Cc}\p{Cs}]{1,1000}(?<!\s)$/u,
  words:
    'is not 1 to 1,000 characters without blanks around them and without control characters; give the name of a task flow template',
}

/** A name in Temporal: of a workflow type, or the id of a run. */
export const temporalNameRule: TextRule = {
  pattern: /^[^\0\p{Cs}]{1,1000}$/u,
  words: 'must be 1 to 1,000 characters; give a name',
}

/** A task queue that a user's worker can have. */
export const queueNameRule: TextRule = {
  pattern: /^(?!\/_sys\/)[^\0\p{Cs}]{1,1000}$/u,
  words: 'must be 1 to 1,000 characters and none of the names of Temporal itself; give that of your worker',
}

/** Any text of whole characters, also an empty one: VOD says what it takes. */
export const anyTextRule: TextRule = {
  pattern: /^\P{Cs}*$/u,
  words: 'must be text without half of a character; give whole ones',
}

export const subAppIdRule: NumberRule = {
  least: 1,
  most: Number.MAX_SAFE_INTEGER,
  words: "must be a whole number above 0; it is shown beside the application's name in the console",
}

export const msRule: NumberRule = {
  least: 0,
  most: 400 * 24 * 60 * 60_000,
  words: 'must be a number of milliseconds from 0 to 400 days',
}

export const lookJitterRule: NumberRule = {
  least: 0,
  most: 0.5,
  words: 'must be from 0 to 0.5; it is a share, 0.1 by default',
}

/** Runs of a batch at once: it remembers each run that it waits for. */
export const windowRule: NumberRule = {
  least: 1,
  most: 2_000,
  words: 'must be 1 to 2000; pause the batch to start nothing',
}

export const priorityRule: NumberRule = {
  least: -10,
  most: 10,
  words: 'must be a whole number from -10 to 10',
}

export const percentageRule: NumberRule = {
  least: 0,
  most: 100,
  words: 'must be a percentage from 0 to 100',
}

export const taskBudgetRule: NumberRule = {
  least: 1,
  most: Number.MAX_SAFE_INTEGER,
  words: 'must be a whole number above 0; give the tasks that may be made',
}

/** The age of an upload. VOD lists tasks for 72 hours: the tasks that an older upload brought are not visible. */
export const maxAgeRule: NumberRule = {
  least: 60_000,
  most: 60 * 60 * 60_000,
  words: 'must be milliseconds from a minute to 60 hours; a batch on a schedule finds what is older',
}

export const classIdRule: NumberRule = {
  least: Number.MIN_SAFE_INTEGER,
  most: Number.MAX_SAFE_INTEGER,
  words: 'must be a whole number',
}

/** Where a source of a batch stands: items, bytes or results. */
export const placeRule: NumberRule = {
  least: 0,
  most: Number.MAX_SAFE_INTEGER,
  words: 'must be a whole number from 0 on',
}

export const flagWords = 'must be true or false'

export const onPartialValues = ['accept', 'fail', 'repair'] as const
export const onPartialWords = 'must be accept, fail or repair'
export const onFailureValues = ['throw', 'return'] as const
export const onFailureWords = 'must be throw or return'

export const maxWaits = 1_000
export const waitsWords = 'must be a list of at most 1,000 numbers of milliseconds'
export const noWaitsWords = 'is empty; give at least one wait'

/** VOD takes this many characters of SourceContext (PullUpload, "Input Parameters"). */
export const maxSourceContext = 250

export const maxListedIds = 10_000
export const listedIdsWords = 'must be at most 10,000 ids; give a file of ids'
export const noListedIdsWords = 'is empty; give at least one'

export const maxUploadTasks = 2
export const uploadTasksWords = 'must be at most 2 TaskIds'

export const categoriesWords = 'must be a list of at least one, e.g. ["Video"]; leave it out for all videos'

export const sourceWords = 'must have one of FileIds, file or search; give one'

/** Fields of `SearchMedia` that vodflow sets. */
export const searchFieldWords: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['Sort', 'Offset', 'Limit', 'Filters'].map((name) => [
      name,
      'is set by vodflow, which reads page after page; leave it out',
    ]),
  ),
  SubAppId: 'does not belong here; give it next to `source`, where it is for the whole batch',
}

/** Text fields of a request that the workflow itself reads. */
export const requestTexts = [
  'ProcedureName',
  'Procedure',
  'MediaStoragePath',
  'MediaName',
  'MediaUrl',
  'SessionContext',
] as const

const maxDepth = 64
export const depthWords = `is nested more than ${maxDepth} deep; no request of VOD is`

/** Functions that call themselves go through what is written as JSON: nesting without end would stop each of them. */
export function isTooDeep(value: unknown, depth = maxDepth): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((member) => isTooDeep(member, depth - 1))
}
