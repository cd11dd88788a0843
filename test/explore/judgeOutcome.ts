import type { Outcome } from 'vodflow'
import { sendOf } from '../support/sendOf.js'
import type { Task } from './books.js'
import { judgeTruth } from './judge.js'
import { judgeFields, type Shown } from './judgeFields.js'

/**
 * Everything of an outcome that differs from VOD's books: the whole, and each field of each task. `tasks` are all that the step has made,
 * in all of its attempts. Empty: nothing.
 */
export function judgeOutcome(outcome: Outcome, tasks: readonly Task[], shown: Shown = {}): string[] {
  const sends = new Set(tasks.map((task) => sendOf(task)?.SessionId).filter((id) => id !== undefined)).size
  const count = outcome.attempts.filter(({ action }) => action !== 'adopted').length
  const counted = countedOf(outcome, tasks)
  return [
    ...(count === sends ? [] : [`${count} attempts, the books have ${sends} sends`]),
    ...judgeTruth(outcome, counted),
    ...judgeFields(outcome, counted, shown),
  ]
}

/** The tasks that count: a repair takes the place of what failed before. */
function countedOf({ attempts }: Outcome, tasks: readonly Task[]): Task[] {
  let counted: Task[] = []
  for (const [index, { SessionId }] of attempts.entries()) {
    const made = tasks.filter((task) => {
      const send = sendOf(task)?.SessionId
      // A task flow may have no SessionContext.
      return send === SessionId || (index === 0 && !attempts.some((attempt) => attempt.SessionId === send))
    })
    counted = isRepeated(counted) ? made : [...withoutRepaired(counted, made), ...made]
  }
  return counted
}

/** docs/outcome.md, "When some sub-tasks fail": nothing succeeded and every error is temporary, so the whole request is sent again. */
function isRepeated(tasks: readonly Task[]): boolean {
  return tasks
    .flatMap((task): readonly { readonly ErrCodeExt: string }[] =>
      task.subTasks.length === 0 ? [task] : task.subTasks,
    )
    .every(({ ErrCodeExt }) => temporary.includes(ErrCodeExt))
}

const temporary: readonly string[] = ['InternalError', 'SourceFileError.DownloadNotAccessible']

function withoutRepaired(earlier: readonly Task[], later: readonly Task[]): Task[] {
  const again = later.flatMap(({ subTasks }) => subTasks)
  return earlier.map((task) => {
    const subTasks = task.subTasks.filter(({ Type, Input, ErrCodeExt }) => {
      if (!temporary.includes(ErrCodeExt)) return true
      const place = again.findIndex((sub) => sub.Type === Type && sub.Input.Definition === Input.Definition)
      if (place >= 0) again.splice(place, 1)
      return place < 0
    })
    return { ...task, subTasks, isRepaired: subTasks.length < task.subTasks.length }
  })
}
