import { ApplicationFailure } from '@temporalio/workflow'
import { type AnyCheck, under } from '../contract/check.js'
import type { FieldProblem } from '../contract/errors.js'

/** Returns a failure that Temporal does not retry. Its detail is the problem, and its message repeats it for a reader of the history. */
export function refuse(field: string, problem: string, remedy: string): ApplicationFailure {
  const detail: FieldProblem = { field, problem, remedy }
  return ApplicationFailure.nonRetryable(`${field}: ${problem}; ${remedy}`, 'InvalidInput', detail)
}

/**
 * Checks the input of a workflow in its first workflow task, because anyone who can start workflows can pass any input.
 *
 * @throws ApplicationFailure of type `InvalidInput` that names field, problem and remedy.
 */
export function requireValid(value: unknown, check: AnyCheck, name = ''): void {
  for (const { field, problem, remedy } of under(name, check(value)))
    throw refuse(field || 'input', problem, remedy)
}
