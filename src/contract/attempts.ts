import type { Attempt, Outcome, OutcomeStatus, Reading } from './outcome.js'

/** An attempt with nothing left out. */
export interface WholeAttempt extends Attempt {
  readonly TaskIds: readonly string[]
  readonly status: OutcomeStatus
  readonly reason: string
}

/** Every attempt of a step. The only one of an outcome leaves out what the outcome says. */
export function attemptsOf({
  status,
  reason,
  tasks,
  attempts,
}: Pick<Outcome, 'status' | 'reason' | 'tasks' | 'attempts'>): WholeAttempt[] {
  const said = { TaskIds: idsOf(tasks), status, reason }
  return attempts.map((attempt) => ({ ...said, ...attempt }))
}

/** An outcome of one attempt, as it has to be next to another one. */
export function spelledOut(outcome: Outcome): Outcome {
  const attempts = attemptsOf(outcome)
  const [only, ...others] = attempts
  if (!only || others.length > 0) return outcome
  const tasks = outcome.tasks.map((task) => ({ ...task, SessionId: task.SessionId ?? only.SessionId }))
  return { ...outcome, tasks, attempts }
}

/** Of tasks that have one: what is known by the media that it made has none. */
export function idsOf(tasks: readonly Pick<Reading, 'TaskId'>[]): string[] {
  return tasks.map(({ TaskId }) => TaskId).filter((TaskId) => TaskId !== '')
}
