import type { ListRule, NumberRule, SizeRule, TextRule } from './check.js'
import { day, hour, minute, second, shownMs } from './time.js'
import { isVisible } from './visible.js'

/* The forms and limits of inputs, with the remedies for inputs that do not match. */

/** The id of a media file. A gateway may write a missing one as `null`, or put it in quotes. */
export const fileIdPattern = /^(?!(?:null|undefined)$)[!#-&(-~]{1,64}$/
export const fileIdRule: TextRule = {
  pattern: fileIdPattern,
  problem: 'is not an id',
  remedy: 'pass 1 to 64 characters without spaces and quotes, as a string: a number loses digits',
}

/** Returns true if VOD can have made a media file with this id. No other value is read, sent or kept as a FileId. */
export function isFileId(value: unknown): value is string {
  return typeof value === 'string' && fileIdPattern.test(value)
}

/** The offset is required: without it, the meaning of a time depends on the machine. */
export function isIsoTime(text: string): boolean {
  const isIso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.test(text)
  return isIso && !Number.isNaN(Date.parse(text))
}

/** The id of a task. VOD's ids have about 60 characters. A gateway may write a missing one as `null`, or put it in quotes. */
export const taskIdPattern = /^(?!(?:null|undefined)$)[!#-&(-~]{1,200}$/
export const taskIdRule: TextRule = {
  pattern: taskIdPattern,
  problem: 'is not the id of a task',
  remedy: 'pass 1 to 200 characters without spaces and quotes',
}

/** The alias of a Tencent account. */
export const accountRule: TextRule = {
  pattern: /^[a-z0-9-]{1,32}$/,
  problem: 'is not the alias of an account',
  remedy: 'pass 1 to 32 lower-case letters, digits or hyphens',
}

/** The name of a file in a folder. A path and a hidden file are not allowed. */
export const fileNameRule: TextRule = {
  pattern: /^[\w-][\w.-]{0,199}$/,
  problem: 'is not the name of a file',
  remedy: "pass the name of a file in the worker's idsFolder",
}

/** The key of a step, or an idempotencyKey. */
export const keyRule: TextRule = {
  pattern: /^[\x21-\x7e]{1,200}$/,
  problem: 'is not 1 to 200 printable ASCII characters without spaces',
  remedy: 'pass a text such as order-42',
}

/** The name of a review gate. */
export const gateNameRule: TextRule = {
  pattern: /^.{1,200}$/s,
  problem: 'is not a name',
  remedy: 'pass 1 to 200 characters',
}

/** The name of a person who decides at a gate. */
export const byRule: TextRule = {
  pattern: /^(?=\s*\S).{1,200}$/s,
  problem: 'is not 1 to 200 characters',
  remedy: 'pass the name of the person who decides',
}

/** A decision without a person has these values. */
export const personRule: TextRule = {
  pattern: /^(?!\s*(?:policy|deadline)\s*$)/i,
  problem: 'is reserved for gates that decide without a person',
  remedy: 'pass the name of the person who decides',
}

/** An invisible character could make a name look like another one, or like `policy`. */
export const visibleRule: TextRule = {
  pattern: { test: isVisible },
  problem: 'has an invisible character',
  remedy: personRule.remedy,
}

export const reasonRule: TextRule = {
  pattern: /^(?=\s*\S).{1,2000}$/s,
  problem: 'is not 1 to 2,000 characters',
  remedy: 'pass the reason for the decision',
}

/** The name of an upload rule. */
export const ruleNameRule: TextRule = {
  pattern: /^[\w.-]{1,50}$/,
  problem: 'is not a name',
  remedy: 'pass 1 to 50 letters, digits, dots or hyphens',
}

/** The name of a task flow template, without leading or trailing blanks and without control characters. */
export const templateNameRule: TextRule = {
  pattern: /^(?!\s)[^\p{Cc}\p{Cs}]{1,1000}(?<!\s)$/u,
  problem: 'is not 1 to 1,000 characters without leading or trailing blanks and without control characters',
  remedy: 'pass the name of a task flow template',
}

/** The name of a task flow template that is created or replaced ("CreateProcedureTemplate"). */
export const newTemplateNameRule: TextRule = {
  pattern: /^(?!\s)[^\p{Cc}\p{Cs}]{1,20}(?<!\s)$/u,
  problem: 'is not 1 to 20 characters without leading or trailing blanks and without control characters',
  remedy: 'choose another name',
}

/** The key with which VOD signs its callbacks. */
export const signKeyRule: TextRule = {
  pattern: /^[A-Za-z0-9]{0,32}$/,
  problem: 'is not a SignKey',
  remedy: 'pass at most 32 letters and digits',
}

/** The name of a workflow type, or the id of a run, in Temporal. */
export const temporalNameRule: TextRule = {
  pattern: /^[^\0\p{Cs}]{1,1000}$/u,
  problem: 'is not a name in Temporal',
  remedy: 'pass a name of 1 to 1,000 characters',
}

/** A task queue that a user's worker can have. */
export const queueNameRule: TextRule = {
  pattern: /^(?!\/_sys\/)[^\0\p{Cs}]{1,1000}$/u,
  problem: 'is not 1 to 1,000 characters, or is a name of Temporal itself',
  remedy: 'pass the task queue of your worker',
}

/** The path of a media file in VOD's storage, without leading or trailing blanks and without control characters. */
export const storagePathRule: TextRule = {
  pattern: /^(?!\s)[^\p{Cc}\p{Cs}]+(?<!\s)$/u,
  problem: 'is empty, or has leading or trailing blanks or control characters',
  remedy: 'pass the storage path of the media, e.g. /dir/video.mp4',
}

/** The name of an action of VOD's API. */
export const actionRule: TextRule = {
  pattern: /^[A-Z][A-Za-z0-9]{0,99}$/,
  problem: 'is not the name of an action',
  remedy: 'pass a name such as DeleteMedia',
}

/** Any well-formed text, including an empty one. VOD checks the rest. */
export const anyTextRule: TextRule = {
  pattern: /^\P{Cs}*$/u,
  problem: 'has half of a surrogate pair',
  remedy: 'pass well-formed text',
}

/** A text of ours that a batch passes to its next run. */
export const ownTextRule: TextRule = { pattern: /^/, problem: 'is not text', remedy: 'pass a string' }

export const anyNumberRule: NumberRule = {
  least: -Number.MAX_VALUE,
  most: Number.MAX_VALUE,
  remedy: 'pass a number',
}

export const wholeRule: NumberRule = {
  least: 0,
  most: Number.MAX_SAFE_INTEGER,
  remedy: 'pass a whole number',
}

export const aboveZeroRule: NumberRule = {
  least: 1,
  most: Number.MAX_SAFE_INTEGER,
  remedy: 'pass a whole number above 0',
}

export const subAppIdRule: NumberRule = {
  least: 1,
  most: Number.MAX_SAFE_INTEGER,
  remedy: "pass a whole number above 0; the console shows it next to the application's name",
}

export const durationRule: NumberRule = {
  least: 0,
  most: 400 * day,
  remedy: 'pass milliseconds, or a text such as "5 s", from 0 to 400 days',
}

/** The deadline of a gate. A person cannot decide within less than a second, and 72 ms were meant as hours. */
export const deadlineRule: NumberRule = {
  least: second,
  most: 400 * day,
  remedy: 'pass milliseconds, or a text such as "72 hours", from 1 second to 400 days',
}

/** A time limit for which Node has a timer. */
export const timeoutRule: NumberRule = {
  least: 0,
  most: 24 * day,
  remedy: 'pass milliseconds, or a text such as "5 s", from 0 to 24 days',
}

export const lookJitterRule: NumberRule = {
  least: 0,
  most: 0.5,
  remedy: 'pass a share from 0 to 0.5; the default is 0.1',
}

/** The number of concurrent runs of a batch. The batch keeps state for each of them. */
export const windowRule: NumberRule = {
  least: 1,
  most: 2_000,
  remedy: 'pass a whole number from 1 to 2000, or pause the batch to start nothing',
}

export const priorityRule: NumberRule = {
  least: -10,
  most: 10,
  remedy: 'pass a whole number from -10 to 10',
}

export const percentageRule: NumberRule = {
  least: 0,
  most: 100,
  remedy: 'pass a percentage from 0 to 100',
}

export const taskBudgetRule: NumberRule = {
  least: 1,
  most: Number.MAX_SAFE_INTEGER,
  remedy: 'pass the largest number of tasks, at least 1',
}

/** The age of an upload. VOD lists tasks for 72 hours, so the tasks of an older upload are not visible. */
export const maxAgeRule: NumberRule = {
  least: minute,
  most: 60 * hour,
  remedy:
    'pass milliseconds, or a text such as "12 hours", from a minute to 60 hours; a batch on a schedule finds older uploads',
}

export const classIdRule: NumberRule = {
  least: Number.MIN_SAFE_INTEGER,
  most: Number.MAX_SAFE_INTEGER,
  remedy: 'pass the number of a category',
}

/** A position in the source of a batch, in items, bytes or results. */
export const placeRule: NumberRule = {
  least: 0,
  most: Number.MAX_SAFE_INTEGER,
  remedy: 'pass a whole number, at least 0',
}

/** A time that a Date can represent, in ms since the epoch. */
export const timeRule: NumberRule = {
  least: 0,
  most: 8.64e15,
  remedy: 'pass milliseconds since 1970',
}

/** The times of a sweep. VOD lists tasks for 72 hours, so a sweep with longer times would miss some. */
export const sweepTimeRule: NumberRule = {
  least: 0,
  most: shownMs,
  remedy: 'pass milliseconds, or a text such as "2 min", from 0 to 72 hours',
}

/** The pause between two readings. Without a pause, the sweep would use up VOD's rate of calls. */
export const sweepIntervalRule: NumberRule = {
  least: 100,
  most: shownMs,
  remedy: 'pass milliseconds, or a text such as "2 min", from 100 ms to 72 hours',
}

export const onPartialValues = ['accept', 'fail', 'repair'] as const
export const onFailureValues = ['throw', 'return'] as const

const maxWaits = 1_000
export const waitsRule: ListRule = {
  most: maxWaits,
  remedy: 'pass a list of at most 1,000 durations, e.g. ["5 s", "1 min"]',
}
export const someWaitsRule: ListRule = {
  least: 1,
  most: maxWaits,
  remedy: 'pass a list of 1 to 1,000 durations, e.g. ["5 s", "1 min"]',
}

export const listedIdsRule: ListRule = {
  least: 1,
  most: 10_000,
  remedy: 'pass a list of 1 to 10,000 ids, or a file with more',
}

/** The size of a list: 10,000 ids of 64 letters. One payload of at most 2 MiB has the list, the failures and the running items. */
export const listedIdsSizeRule: SizeRule = { bytes: 700_000, remedy: 'pass a shorter list, or a file' }

/** The size of the conditions of a search, which are in the same payload as the state of the batch. */
export const searchSizeRule: SizeRule = { bytes: 100_000, remedy: 'pass fewer conditions of SearchMedia' }

/** The size of the part of its template that a batch keeps. */
export const batchTemplateSizeRule: SizeRule = {
  bytes: 50_000,
  remedy: 'use a template with fewer outputs',
}

export const uploadTasksRule: ListRule = { most: 2, remedy: 'pass a list of at most 2 TaskIds' }

export const classIdsRule: ListRule = { remedy: 'pass a list of numbers of categories' }

export const categoriesRule: ListRule = {
  least: 1,
  remedy: 'pass a list, e.g. ["Video"], or leave it out for all videos',
}

/** The longest SourceContext that VOD accepts, in characters (PullUpload, "Input Parameters"). */
export const maxSourceContext = 250
