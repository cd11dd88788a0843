import type { ListRule, NumberRule, SizeRule, TextRule } from './check.js'
import { day, hour, minute, shownMs } from './time.js'

/* What inputs look like, how large they may be, and what to give instead of one that does not fit. */

/** The id of a media file. */
export const fileIdPattern = /^[\x21-\x7e]{1,64}$/
export const fileIdRule: TextRule = {
  pattern: fileIdPattern,
  problem: 'is not an id',
  remedy: 'give 1 to 64 characters without spaces, as a string: a number loses digits',
}

/** Without an offset, a time is another one on another machine. */
export function isIsoTime(text: string): boolean {
  const isIso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.test(text)
  return isIso && !Number.isNaN(Date.parse(text))
}

/** The id of a task. Those of VOD have about 60 characters. */
export const taskIdPattern = /^[\x21-\x7e]{1,200}$/
export const taskIdRule: TextRule = {
  pattern: taskIdPattern,
  problem: 'is not the id of a task',
  remedy: 'give 1 to 200 characters without spaces',
}

/** The alias of a Tencent account. */
export const accountRule: TextRule = {
  pattern: /^[a-z0-9-]{1,32}$/,
  problem: 'is not the alias of an account',
  remedy: 'give 1 to 32 lower-case letters, digits or hyphens',
}

/** The name of a file in a folder: no path, and no hidden file. */
export const fileNameRule: TextRule = {
  pattern: /^[\w-][\w.-]{0,199}$/,
  problem: 'is not the name of a file',
  remedy: 'give that of a file in the idsFolder of the worker',
}

/** The key of a step, or of work. */
export const keyRule: TextRule = {
  pattern: /^[\x21-\x7e]{1,200}$/,
  problem: 'is not 1 to 200 printable ASCII characters without spaces',
  remedy: 'give e.g. order-42',
}

/** The name of an upload rule. */
export const ruleNameRule: TextRule = {
  pattern: /^[\w.-]{1,50}$/,
  problem: 'is not a name',
  remedy: 'give 1 to 50 letters, digits, dots or hyphens',
}

/** The name of a task flow template: no blanks around it, no control characters. */
export const templateNameRule: TextRule = {
  pattern: /^(?!\s)[^\p{Cc}\p{Cs}]{1,1000}(?<!\s)$/u,
  problem: 'is not 1 to 1,000 characters without blanks around them and without control characters',
  remedy: 'give the name of a task flow template',
}

/** The name of a task flow template that is created or replaced ("CreateProcedureTemplate"). */
export const newTemplateNameRule: TextRule = {
  pattern: /^(?!\s)[^\p{Cc}\p{Cs}]{1,20}(?<!\s)$/u,
  problem: 'is not 1 to 20 characters without blanks around them and without control characters',
  remedy: 'shorten it, or write it otherwise',
}

/** The key with which VOD signs its callbacks. */
export const signKeyRule: TextRule = {
  pattern: /^[A-Za-z0-9]{0,32}$/,
  problem: 'is not a SignKey',
  remedy: 'give at most 32 letters and digits',
}

/** A name in Temporal: of a workflow type, or the id of a run. */
export const temporalNameRule: TextRule = {
  pattern: /^[^\0\p{Cs}]{1,1000}$/u,
  problem: 'is not a name in Temporal',
  remedy: 'give a name of 1 to 1,000 characters',
}

/** A task queue that a user's worker can have. */
export const queueNameRule: TextRule = {
  pattern: /^(?!\/_sys\/)[^\0\p{Cs}]{1,1000}$/u,
  problem: 'is not 1 to 1,000 characters, or is a name of Temporal itself',
  remedy: 'give the task queue of your worker',
}

/** The path of a media file in the storage of VOD: no blanks around it, no control characters. */
export const storagePathRule: TextRule = {
  pattern: /^(?!\s)[^\p{Cc}\p{Cs}]+(?<!\s)$/u,
  problem: 'is empty, or has blanks around it or characters that cannot be printed',
  remedy: 'give the storage path of the media, e.g. /dir/video.mp4',
}

/** Any text of whole characters, also an empty one: VOD says what it takes. */
export const anyTextRule: TextRule = {
  pattern: /^\P{Cs}*$/u,
  problem: 'has half of a character',
  remedy: 'give text of whole characters',
}

/** Text of ours that a batch hands to its next run. */
export const ownTextRule: TextRule = { pattern: /^/, problem: 'is not text', remedy: 'give a string' }

export const subAppIdRule: NumberRule = {
  least: 1,
  most: Number.MAX_SAFE_INTEGER,
  remedy: "give a whole number above 0, which stands next to the application's name in the console",
}

export const durationRule: NumberRule = {
  least: 0,
  most: 400 * day,
  remedy: 'give milliseconds, or a text such as "5 s", from 0 to 400 days',
}

export const lookJitterRule: NumberRule = {
  least: 0,
  most: 0.5,
  remedy: 'give a share from 0 to 0.5, 0.1 by default',
}

/** Runs of a batch at once: it remembers each run that it waits for. */
export const windowRule: NumberRule = {
  least: 1,
  most: 2_000,
  remedy: 'give a whole number from 1 to 2000, or pause the batch to start nothing',
}

export const priorityRule: NumberRule = {
  least: -10,
  most: 10,
  remedy: 'give a whole number from -10 to 10',
}

export const percentageRule: NumberRule = {
  least: 0,
  most: 100,
  remedy: 'give a percentage from 0 to 100',
}

export const taskBudgetRule: NumberRule = {
  least: 1,
  most: Number.MAX_SAFE_INTEGER,
  remedy: 'give the number of tasks that may be made, 1 or more',
}

/** The age of an upload. VOD lists tasks for 72 hours: the tasks that an older upload brought are not visible. */
export const maxAgeRule: NumberRule = {
  least: minute,
  most: 60 * hour,
  remedy:
    'give milliseconds, or a text such as "12 hours", from a minute to 60 hours; a batch on a schedule finds what is older',
}

export const classIdRule: NumberRule = {
  least: Number.MIN_SAFE_INTEGER,
  most: Number.MAX_SAFE_INTEGER,
  remedy: 'give the number of a category',
}

/** Where a source of a batch stands: items, bytes or results. */
export const placeRule: NumberRule = {
  least: 0,
  most: Number.MAX_SAFE_INTEGER,
  remedy: 'give a whole number from 0 on',
}

/** A time that a Date can have, ms since the epoch. */
export const timeRule: NumberRule = {
  least: 0,
  most: 8.64e15,
  remedy: 'give milliseconds since 1970',
}

/** VOD lists tasks for 72 hours: a sweep that reads more rarely would miss some. */
export const sweepTimeRule: NumberRule = {
  least: 0,
  most: shownMs,
  remedy: 'give milliseconds, or a text such as "2 min", from 0 to 72 hours',
}

export const onPartialValues = ['accept', 'fail', 'repair'] as const
export const onFailureValues = ['throw', 'return'] as const

const maxWaits = 1_000
export const waitsRule: ListRule = {
  most: maxWaits,
  remedy: 'give a list of at most 1,000 durations, e.g. ["5 s", "1 min"]',
}
export const someWaitsRule: ListRule = {
  least: 1,
  most: maxWaits,
  remedy: 'give a list of 1 to 1,000 durations, e.g. ["5 s", "1 min"]',
}

export const listedIdsRule: ListRule = {
  least: 1,
  most: 10_000,
  remedy: 'give a list of 1 to 10,000 ids, or a file of more',
}

/** 10,000 ids of 64 letters fit. A batch carries its list, its failures and what runs in one payload of at most 2 MiB. */
export const listedIdsSizeRule: SizeRule = { bytes: 700_000, remedy: 'give a shorter list, or a file' }

/** Carried with the state of the batch. */
export const searchSizeRule: SizeRule = { bytes: 100_000, remedy: 'give fewer conditions of SearchMedia' }

/** What a batch keeps of its template. */
export const batchTemplateSizeRule: SizeRule = {
  bytes: 50_000,
  remedy: 'give a template with fewer outputs',
}

export const uploadTasksRule: ListRule = { most: 2, remedy: 'give a list of at most 2 TaskIds' }

export const classIdsRule: ListRule = { remedy: 'give a list of numbers of categories' }

export const categoriesRule: ListRule = {
  least: 1,
  remedy: 'give a list, e.g. ["Video"], or leave it out for all videos',
}

/** VOD takes this many characters of SourceContext (PullUpload, "Input Parameters"). */
export const maxSourceContext = 250
