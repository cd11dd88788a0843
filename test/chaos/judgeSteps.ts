import type { CancelSummary, Outcome } from '../../src/client/index.js'
import type { EmulatorTask } from '../../src/emulator/model.js'
import { Books, type Task } from '../explore/books.js'
import { judgeFields, type Shown } from '../explore/judgeFields.js'
import { judgeOutcome } from '../explore/judgeOutcome.js'
import { sendOf, tasksOf } from '../support/sendOf.js'
import { type Kind, madeBy, roundsOfHost } from './stepPlan.js'
import { type Stepped, shortestWaitMs } from './steps.js'

/** What is wrong with the steps that people disturb, by VOD's own books. Empty: nothing. */
export function judgeSteps(
  steps: readonly Stepped[],
  tasks: readonly EmulatorTask[],
  shown: Shown,
): string[] {
  const books = new Books({ books: () => ({ tasks, calls: [], callbacks: [], underWay: 0 }) })
  for (const { FileId, plan } of steps) books.own(FileId, plan.number)
  return steps.flatMap((step) => {
    const { number, kind, host, act } = step.plan
    const about = `step/${number} (${kind}, ${host}, ${act})`
    return judgeStep(step, books.tasksOf(number), shown).map((lie) => `${about}: ${lie}`)
  })
}

function judgeStep(step: Stepped, tasks: readonly Task[], shown: Shown): string[] {
  const { plan, outcomes = [], canceled, problem, endedAt } = step
  const { kind, host, act } = plan
  if (problem !== undefined) return [problem]
  const counted = new Set(outcomes.flatMap((outcome) => ownOf(outcome, kind, tasks)))
  const others = tasks.filter((task) => !counted.has(task))
  const perOutcome = outcomes.flatMap((outcome) =>
    judgeOne(outcome, ownOf(outcome, kind, tasks), { kind, act, shown, endedAt }),
  )
  const sendIn = (task: Task) => sendOf(task)?.SessionId
  const sends = [...new Set(others.map(sendIn))].map((id) => others.filter((task) => sendIn(task) === id))
  // Detached before it knew what its submit had made.
  const isBlind = outcomes.some(
    ({ status, attempts }) => status === 'detached' && attempts[0]?.SessionId === '',
  )
  const mayHaveOthers = act === 'terminate and start again' || canceled !== undefined || isBlind
  return [
    ...perOutcome,
    ...(outcomes.length === (canceled ? 0 : host === 'rounds' ? roundsOfHost : 1)
      ? []
      : [`${outcomes.length} outcomes`]),
    ...(canceled && act !== 'cancel' ? ['was canceled by nobody'] : []),
    ...(kind === 'upload' || mayHaveOthers ? [] : others.map(({ TaskId }) => `${TaskId} is of no outcome`)),
    // Of the chain that was terminated, or of a run that was canceled.
    ...(sends.length <= (host === 'rounds' ? roundsOfHost : 1)
      ? []
      : [`${sends.length} sends without an outcome`]),
    ...sends.flatMap((made) => judgeCount(kind, made, { atMost: true })),
    ...(canceled ? judgeCanceled(canceled.summary, { tasks, kind, endedAt }) : []),
  ]
}

/** What the step waits for: of an upload the one task that was adopted. */
function ownOf(outcome: Outcome, kind: Kind, tasks: readonly Task[]): Task[] {
  if (kind === 'upload') return tasks.filter(({ TaskType }) => TaskType === 'Procedure')
  return tasksOf(outcome, tasks)
}

interface About {
  readonly kind: Kind
  readonly act: Stepped['plan']['act']
  readonly shown: Shown
  readonly endedAt: number
}

function judgeOne(outcome: Outcome, tasks: readonly Task[], { kind, act, shown, endedAt }: About): string[] {
  const known = new Set(tasks.map(({ TaskId }) => TaskId))
  const foreign = outcome.tasks.filter(({ TaskId }) => TaskId !== undefined && !known.has(TaskId))
  const strangers = foreign.map(({ TaskId }) => `counts the foreign ${TaskId}`)
  if (outcome.status === 'detached') {
    if (act !== 'detach') return [...strangers, 'was detached by nobody']
    const ended = outcome.tasks.filter(({ Status }) => Status === 'FINISH' || Status === 'ABORTED')
    return [
      ...strangers,
      ...judgeCount(kind, tasks, { atMost: true }),
      ...endedFields(outcome, ended, tasks, shown),
    ]
  }
  const counts = judgeCount(kind, tasks, {})
  const makes = madeBy(kind)
  const isUnlisted = 'SplitMedia' in makes || 'ComposeMedia' in makes
  // Neither an answer nor an event has named it: no API shows it. Or VOD was away for all of its short wait.
  const isNamed = outcome.attempts.some(({ TaskIds }) => TaskIds.length > 0)
  const hasWaited = tasks.every(({ createdAt }) => endedAt - createdAt >= shortestWaitMs)
  if (isUnlisted && outcome.status === 'unknown' && (!isNamed || hasWaited)) return [...strangers, ...counts]
  return [...strangers, ...counts, ...judgeOutcome(outcome, tasks, shown)]
}

/** The fields of those tasks that had ended when the step stopped waiting. */
function endedFields(
  outcome: Outcome,
  ended: Outcome['tasks'],
  tasks: readonly Task[],
  shown: Shown,
): string[] {
  const ids = new Set(ended.map(({ TaskId }) => TaskId))
  const { moderation: _, ...rest } = { ...outcome, tasks: ended }
  const made = tasks.filter(({ TaskId }) => ids.has(TaskId))
  return judgeFields(rest as Outcome, made, shown).filter((lie) => !lie.includes('of the outcome'))
}

/** Exactly what one request makes, or at most that; a template that changes asks for moderation or not. */
function judgeCount(kind: Kind, tasks: readonly Task[], { atMost = false }): string[] {
  const meant = madeBy(kind)
  const types = new Set([...Object.keys(meant), ...tasks.map(({ TaskType }) => TaskType)])
  return [...types].flatMap((type) => {
    const made = tasks.filter(({ TaskType }) => TaskType === type).length
    const most = meant[type] ?? 0
    const mayLack = atMost || (type === 'ReviewAudioVideo' && (kind === 'changing' || kind === 'upload'))
    return made === most || (mayLack && made < most) ? [] : [`${made} tasks ${type}, ${most} meant`]
  })
}

/** Tasks that a task flow makes may come later, of a task that VOD finishes. */
const isFlow = (kind: Kind, { TaskType }: Task) =>
  kind.includes('+flow') && (TaskType === 'Procedure' || TaskType === 'ReviewAudioVideo')

function judgeCanceled(
  summary: CancelSummary | undefined,
  {
    tasks,
    kind,
    endedAt,
  }: { readonly tasks: readonly Task[]; readonly kind: Kind; readonly endedAt: number },
): string[] {
  const direct = tasks.filter(
    (task) => !isFlow(kind, task) && !(kind === 'upload' && task.TaskType !== 'Procedure'),
  )
  const late = direct
    .filter(({ createdAt }) => createdAt > endedAt)
    .map(({ TaskId }) => `${TaskId} was made after it was canceled`)
  if (!summary) return late
  const { stopped, ended, left, submitUnanswered } = summary
  const said = new Set([...stopped, ...ended, ...left])
  const statusOf = (id: string) => tasks.find(({ TaskId }) => TaskId === id)?.Status
  return [
    ...late,
    ...stopped.filter((id) => statusOf(id) !== 'ABORTED').map((id) => `says that ${id} was stopped`),
    ...[...ended, ...left].filter((id) => statusOf(id) === undefined).map((id) => `names the foreign ${id}`),
    ...(submitUnanswered
      ? []
      : direct.filter(({ TaskId }) => !said.has(TaskId)).map(({ TaskId }) => `does not name ${TaskId}`)),
  ]
}
