import type { ReadResult, RefusalFailure, StepTask, SubmitResult } from '../../contract/activities.js'
import { passing } from '../../contract/check.js'
import { instant } from '../../contract/inputs.js'
import { object } from '../../contract/json.js'
import type {
  FlowTask,
  ModerationVerdict,
  PartStatus,
  SubTaskCounts,
  TaskPart,
} from '../../contract/outcome.js'

/* Checks of the results of a step's activities; see `unchecked.ts`. */

type UncheckedFields<T> = Readonly<Partial<Record<keyof T, unknown>>>

export function fieldsOf<T>(value: unknown): UncheckedFields<T> {
  return Object(value)
}

/** Returns true if a submit with this SessionId can have returned the value. */
export function isSubmitted(value: unknown, SessionId: string): value is SubmitResult {
  const given = fieldsOf<
    Extract<SubmitResult, { kind: 'accepted' }> & Extract<SubmitResult, { kind: 'doubtful' }>
  >(value)
  if (given.SessionId !== SessionId) return false
  switch (given.kind as unknown) {
    case 'accepted':
      return isTasks(given.tasks) && isIncomplete(given.incomplete, given.tasks)
    case 'duplicate':
      return isSince(given.sentSince)
    case 'doubtful':
      return (
        typeof given.refusal === 'string' &&
        isSince(given.sentSince) &&
        isBelievable(given.believedUnlessFound)
      )
    default:
      return false
  }
}

/** An answer without a task is incomplete. A complete one would end the step without an outcome. */
function isIncomplete(incomplete: unknown, tasks: readonly StepTask[]): boolean {
  return incomplete === true || (incomplete === undefined && tasks.length > 0)
}

function isSince(sentSince: unknown): boolean {
  return sentSince === undefined || isInstant(sentSince)
}

export function isInstant(value: unknown): value is number {
  return passing(instant, value) !== undefined
}

function isBelievable(refused: unknown): boolean {
  if (refused === undefined) return true
  const { message, type, details } = fieldsOf<RefusalFailure>(refused)
  return typeof message === 'string' && typeof type === 'string' && Array.isArray(details)
}

/** Returns true if a read of this task can have returned the value. */
export function isReadResult(value: unknown, TaskId: string): value is ReadResult {
  const { kind, reading } = fieldsOf<Extract<ReadResult, { kind: 'seen' }>>(value)
  return kind === 'gone' || (kind === 'seen' && isReading(reading) && reading.TaskId === TaskId)
}

type Reading = Extract<ReadResult, { kind: 'seen' }>['reading']

/** Checks the members of a reading that the outcome uses. */
export function isReading(value: unknown): value is Reading {
  const {
    TaskId,
    TaskType,
    Status,
    SessionId,
    FileId,
    CreateTime,
    FinishTime,
    percent,
    counts,
    parts,
    verdicts = [],
    newFileIds = [],
    started = [],
  } = fieldsOf<Reading>(value)
  return (
    isTexts([TaskType, Status]) &&
    isTexts(given([TaskId, SessionId, FileId, CreateTime, FinishTime])) &&
    (percent === undefined || typeof percent === 'number') &&
    (counts === undefined || isCounts(counts)) &&
    isParts(parts) &&
    isListOf(verdicts, isVerdict) &&
    isTexts(newFileIds) &&
    isListOf(started, isStarted) &&
    started.length <= maxTasks
  )
}

/** The largest number of tasks in a result. A step with more would exceed the limits of a workflow. */
const maxTasks = 1_000

const partStatuses: Readonly<Record<PartStatus, true>> = {
  succeeded: true,
  failed: true,
  aborted: true,
  unknown: true,
}

export function isParts(value: unknown): value is readonly TaskPart[] {
  return isListOf(value, isPart)
}

function isPart(value: unknown): boolean {
  const {
    Type,
    status,
    Definition = 0,
    ErrCodeExt = '',
    Message = '',
    Output,
    urls,
    Input = {},
  } = fieldsOf<TaskPart>(value)
  return (
    isTexts([Type, status, ErrCodeExt, Message]) &&
    typeof Definition === 'number' &&
    Object.hasOwn(partStatuses, String(status)) &&
    object(Output) !== undefined &&
    object(Input) !== undefined &&
    isTexts(urls)
  )
}

function isVerdict(value: unknown): boolean {
  const { of, Suggestion, Label, Form, segments } = fieldsOf<ModerationVerdict>(value)
  return isTexts([of, ...given([Suggestion, Label, Form])]) && Array.isArray(segments)
}

function isCounts(value: unknown): boolean {
  const { succeeded, failed, aborted, unknown } = fieldsOf<SubTaskCounts>(value)
  return [succeeded, failed, aborted, unknown].every((count) => typeof count === 'number')
}

export function isTasks(value: unknown): value is readonly StepTask[] {
  const isTask = (task: unknown) => isNamed(task) && isInstant(fieldsOf<StepTask>(task).createdAt)
  return isListOf(value, isTask) && value.length <= maxTasks
}

export function isTexts(value: unknown): value is readonly string[] {
  return isListOf(value, (text) => typeof text === 'string')
}

/** Returns the members that are not absent. */
function given(members: readonly unknown[]): readonly unknown[] {
  return members.filter((member) => member !== undefined)
}

function isNamed(value: unknown): boolean {
  const { TaskId, TaskType } = fieldsOf<StepTask>(value)
  return typeof TaskId === 'string' && typeof TaskType === 'string'
}

function isStarted(value: unknown): boolean {
  return isNamed(value) && isTexts(given([fieldsOf<FlowTask>(value).FileId]))
}

function isListOf(value: unknown, isOne: (each: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && value.every(isOne)
}
