import { statusOf } from '../../../contract/decide.js'
import { isTerminal, type PartStatus } from '../../../contract/outcome.js'
import type { RunFile, SubmissionFile } from '../caseFile.js'
import { withoutRepaired } from '../repairs.js'
import type { ShownTask } from '../schemas.js'

/** One step of a run: its submissions, and the tasks that they made. */
export interface Step {
  readonly action: string
  readonly status: string
  readonly submissions: readonly SubmissionFile[]
  readonly tasks: readonly ShownTask[]
}

/** Returns the steps in the order of their first submissions, then the tasks that no submission of the run names. */
export function stepsOf(run: RunFile): Step[] {
  const { submissions, tasks } = run
  const read = withoutRepaired(tasks, submissions)
  const keys = [...new Set(submissions.map(({ key }) => key))]
  const steps = keys.map((key) => {
    const own = submissions.filter((each) => each.key === key)
    const made = read.filter((task) => submissionOf(run, task)?.key === key)
    return stepWith(own[0]?.action ?? '', { submissions: own, tasks: made, run })
  })
  const others = read.filter((task) => submissionOf(run, task) === undefined)
  const [first] = others
  if (!first) return steps
  return [...steps, stepWith(first.TaskType, { submissions: [], tasks: others, run })]
}

/** Returns the submission that made a task. */
export function submissionOf(
  { submissions }: RunFile,
  { TaskId = '' }: ShownTask,
): SubmissionFile | undefined {
  return submissions.find(({ TaskIds }) => TaskIds.includes(TaskId))
}

function stepWith(
  action: string,
  { run, ...step }: Pick<Step, 'submissions' | 'tasks'> & { readonly run: RunFile },
): Step {
  return { action, status: run.outcome?.status ?? statusIn(step, run), ...step }
}

/** A run of several steps has no outcome of each in its history. Its readings show it. */
function statusIn(
  { submissions, tasks }: Pick<Step, 'submissions' | 'tasks'>,
  { closedAt }: RunFile,
): string {
  if (submissions.at(-1)?.cameTo === 'refused') return 'refused'
  const named = submissions.at(-1)?.TaskIds ?? []
  const isOpen = tasks.length < named.length || tasks.some(({ Status }) => !isTerminal(Status))
  if (isOpen || tasks.length === 0) return closedAt === undefined ? 'running' : 'unknown'
  const statuses = tasks.flatMap(({ parts }) => parts.map(({ status }) => status))
  const count = (status: PartStatus) => statuses.filter((each) => each === status).length
  return statusOf({
    succeeded: count('succeeded'),
    failed: count('failed'),
    aborted: count('aborted'),
    unknown: count('unknown'),
  })
}
