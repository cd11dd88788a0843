import { ApplicationFailure } from '@temporalio/workflow'
import { type AnyCheck, under } from '../contract/check.js'
import type { FieldProblem } from '../contract/errors.js'

/** Temporal does not retry it. Its detail is the problem; the message says the same to a reader of the history. */
export function refuse(field: string, problem: string, remedy: string): ApplicationFailure {
  const detail: FieldProblem = { field, problem, remedy }
  return ApplicationFailure.nonRetryable(`${field}: ${problem}; ${remedy}`, 'InvalidInput', detail)
}

/**
 * What anybody who can start a workflow gives it by name is checked before anything is built from it, in its first workflow task.
 *
 * @throws ApplicationFailure of type `InvalidInput` that names field, problem and remedy.
 */
export function requireValid(value: unknown, check: AnyCheck, name = ''): void {
  for (const { field, problem, remedy } of under(name, check(value)))
    throw refuse(field || 'input', problem, remedy)
}
