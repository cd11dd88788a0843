import { ApplicationFailure } from '@temporalio/common'
import type { ReadResult, StepTask, SubmitResult } from '../../contract/activities.js'
import type { SubTaskCounts } from '../../contract/outcome.js'

/*
 * In Temporal, anyone can complete a pending activity with any result. A result that the activity cannot have returned must not be
 * believed, and must not fail the workflow task, which Temporal would retry forever.
 */

type UncheckedFields<T> = Readonly<Partial<Record<keyof T, unknown>>>

function fieldsOf<T>(value: unknown): UncheckedFields<T> {
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
      return isTasks(given.tasks)
    case 'duplicate':
      return true
    case 'doubtful':
      return typeof given.refusal === 'string' && isBelievable(given.believedUnlessFound)
    default:
      return false
  }
}

function isBelievable(refused: unknown): boolean {
  return refused === undefined || Array.isArray(Object(refused).details)
}

/** Returns true if a read of this task can have returned the value. */
export function isLooked(value: unknown, TaskId: string): value is ReadResult {
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
    counts,
    parts,
    started = [],
  } = fieldsOf<Reading>(value)
  return (
    [TaskId, TaskType, Status, SessionId, FileId].every((text) => typeof text === 'string') &&
    (counts === undefined || isCounts(counts)) &&
    isListOf(parts, (part) => typeof fieldsOf<Reading['parts'][number]>(part).status === 'string') &&
    isListOf(started, isNamed)
  )
}

function isCounts(value: unknown): boolean {
  const { succeeded, failed, aborted, unknown } = fieldsOf<SubTaskCounts>(value)
  return [succeeded, failed, aborted, unknown].every((count) => typeof count === 'number')
}

export function isTasks(value: unknown): value is readonly StepTask[] {
  return isListOf(value, (task) => isNamed(task) && typeof fieldsOf<StepTask>(task).createdAt === 'number')
}

export function isTexts(value: unknown): value is readonly string[] {
  return isListOf(value, (text) => typeof text === 'string')
}

function isNamed(value: unknown): boolean {
  const { TaskId, TaskType } = fieldsOf<StepTask>(value)
  return typeof TaskId === 'string' && typeof TaskType === 'string'
}

function isListOf(value: unknown, isOne: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne)
}

/** Returns the failure for a result that the activity cannot have returned. */
export function malformed(activity: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${activity} was completed with a malformed result`, 'Malformed')
}
