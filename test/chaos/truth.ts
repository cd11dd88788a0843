import type { EmulatorTask } from '../../src/emulator/model.js'
import type { Shown } from '../explore/judgeFields.js'
import { judgeOutcome } from '../explore/judgeOutcome.js'
import { sendOf, tasksOf } from '../support/sendOf.js'
import type { Forged } from './forger.js'
import type { Ended } from './jobs.js'

/** What a run of chaos is judged by. Empty lists: all is well. */
export interface Verdict {
  /** Tasks that VOD made, for each one that was meant: 1 is exact. */
  readonly tasksPerJob: number
  readonly paidTwice: readonly string[]
  readonly neverPaid: readonly string[]
  readonly lost: readonly string[]
  readonly untrue: readonly string[]
  readonly fooled: readonly string[]
}

/** Holds what the runs say against the local VOD's own books. */
export function judge(
  { ended, jobs, shown }: { readonly ended: readonly Ended[]; readonly jobs: number; readonly shown: Shown },
  tasks: readonly EmulatorTask[],
  forged: readonly Forged[],
): Verdict {
  const paidTwice: string[] = []
  const neverPaid: string[] = []
  const untrue: string[] = []
  const fooled: string[] = []
  const known = new Set<string>()
  let meant = 0
  for (const { outcome, workflowId, endedAt, types } of ended) {
    if (!outcome) continue
    for (const attempt of outcome.attempts) {
      const where = `${workflowId}, attempt ${attempt.attempt}`
      // VOD may leave the SessionId of a sibling out: the token has it.
      const made = tasks.filter((task) => sendOf(task)?.SessionId === attempt.SessionId)
      for (const task of made) known.add(task.TaskId)
      const wanted = attempt.action === 'ProcessMedia' ? ['Procedure'] : types
      meant += wanted.length
      for (const type of wanted) {
        const count = made.filter((task) => task.TaskType === type).length
        if (count > 1) paidTwice.push(`${where}: ${count} tasks of type ${type}`)
        if (count === 0) neverPaid.push(`${where}: no task of type ${type}`)
      }
      const late = made.find((task) => task.Status !== 'FINISH' || task.finishedAt > endedAt)
      if (late) fooled.push(`${where}: ended before its task ${late.TaskId}`)
      const foreign = attempt.TaskIds.find((TaskId) => !made.some((task) => task.TaskId === TaskId))
      if (foreign) fooled.push(`${where}: took ${foreign} for its own`)
    }
    const lies = judgeOutcome(outcome, tasksOf(outcome, tasks), shown)
    untrue.push(...lies.map((lie) => `${workflowId}: ${lie}`))
  }
  for (const task of tasks)
    if (!known.has(task.TaskId))
      paidTwice.push(`${task.TaskId} of ${task.FileId} belongs to no attempt of any run`)
  for (const { forgery, answer, FileId } of forged)
    if ((forgery === 'no token' || forgery === 'bad MAC') && answer.includes('delivered'))
      fooled.push(`${forgery} on ${FileId} was answered: ${answer}`)
  return {
    tasksPerJob: meant === 0 ? 0 : tasks.length / meant,
    paidTwice,
    neverPaid,
    lost: ended
      .filter(({ problem }) => problem)
      .map(({ workflowId, problem }) => `${workflowId}: ${problem}`)
      .concat(ended.length < jobs ? [`${jobs - ended.length} jobs have no end`] : []),
    untrue,
    fooled,
  }
}
