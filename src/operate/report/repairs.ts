import type { SubmissionFile } from './caseFile.js'
import type { ShownPart, ShownTask } from './schemas.js'

/** Returns the tasks without the parts that a later attempt of the same step has submitted again. */
export function withoutRepaired(
  tasks: readonly ShownTask[],
  submissions: readonly SubmissionFile[],
): readonly ShownTask[] {
  const attemptOf = ({ TaskId = '' }: ShownTask) =>
    submissions.find(({ TaskIds }) => TaskIds.includes(TaskId))
  return tasks.map((task) => {
    const { key, attempt = 0 } = attemptOf(task) ?? {}
    const later = tasks.filter((other) => {
      const of = attemptOf(other)
      return of !== undefined && of.key === key && of.attempt > attempt
    })
    const again = later.flatMap(({ parts }) => parts)
    return again.length === 0
      ? task
      : { ...task, parts: task.parts.filter((part) => !isRepaired(part, again)) }
  })
}

/** VOD does not show the Definition of every repair. */
function isRepaired({ Type, Definition, status }: ShownPart, again: readonly ShownPart[]): boolean {
  const isAgain = (other: ShownPart) => other.Type === Type && (other.Definition ?? Definition) === Definition
  return status !== 'succeeded' && again.some(isAgain)
}
