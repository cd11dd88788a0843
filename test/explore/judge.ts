import type { Outcome, UnknownOutcome } from 'vodflow'
import { worstInBooks } from '../support/booked.js'
import type { Task, TaskType } from './books.js'
import type { Case } from './dimensions.js'
import { expected, type Facts } from './expectation.js'
import { stepKinds } from './kinds.js'

/** What the run says of itself. */
export type Reported = { readonly outcome: Outcome } | { readonly failure: string }

interface Judged {
  readonly tasks: readonly Task[]
  /** Of another caller, on the media of the case. */
  readonly earlier: readonly Task[]
  readonly facts: Facts
  readonly reported: Reported
}

/** What is wrong with a case, by VOD's books. Empty: nothing. */
export function judge(explored: Case, { tasks, earlier, facts, reported }: Judged): string[] {
  const counts = judgeCounts(explored, tasks)
  if ('failure' in reported) return [...counts, `the run failed: ${reported.failure}`]
  const { outcome } = reported
  const right = expected(explored, facts)
  const ours = new Set(tasks.map(({ TaskId }) => TaskId))
  const foreign = outcome.tasks.filter(({ TaskId }) => TaskId !== undefined && !ours.has(TaskId))
  const strangers = foreign.map(({ TaskType }) => `it counts a foreign ${TaskType}`)
  const media = judgeMedia(outcome, [...earlier, ...tasks])
  if (right === 'unknown') {
    const other = outcome.status === 'unknown' ? [] : [`${outcome.status}, where only unknown is right`]
    return [...counts, ...strangers, ...media, ...other]
  }
  return [...counts, ...strangers, ...media, ...judgeTruth(outcome, tasks)]
}

/** Exactly what one request makes; of a case that was given up, no more than that. */
export function judgeCounts(
  { kind }: Case,
  tasks: readonly Task[],
  { atMost = false }: { readonly atMost?: boolean } = {},
): string[] {
  const { makes } = stepKinds[kind]
  const types = new Set([...Object.keys(makes), ...tasks.map(({ TaskType }) => TaskType)] as TaskType[])
  return [...types].flatMap((type) => {
    const made = tasks.filter(({ TaskType }) => TaskType === type).length
    const meant = makes[type] ?? 0
    return made === meant || (atMost && made < meant) ? [] : [`${made} tasks ${type}, ${meant} meant`]
  })
}

/** VOD makes no more of the case: every task is over, and those that they start are there. */
export function isSettled({ kind }: Case, tasks: readonly Task[]): boolean {
  const meant = Object.values(stepKinds[kind].makes).reduce((sum, count) => sum + count, 0)
  return tasks.length >= meant && tasks.every(({ Status }) => Status === 'FINISH' || Status === 'ABORTED')
}

/** What an outcome says of the whole: its status, its verdict, its tasks and its new media. */
export function judgeTruth(outcome: Outcome, tasks: readonly Task[]): string[] {
  const status = statusOf(tasks.flatMap(partsOf))
  const verdict = worstInBooks(tasks)
  const suggested = outcome.moderation?.Suggestion
  // What was found by the media that it made has no TaskId.
  const unread = tasks.filter(
    ({ TaskId, TaskType }) =>
      !outcome.tasks.some(
        (one) => one.TaskId === TaskId || (one.TaskId === undefined && one.TaskType === TaskType),
      ),
  )
  const made = tasks.flatMap(newFilesOf).sort()
  const told = [...outcome.newFileIds].sort()
  return [
    ...(outcome.status === status ? [] : [`${outcome.status}, the books say ${status} (${outcome.reason})`]),
    ...(suggested === verdict ? [] : [`moderation ${suggested}, the books say ${verdict}`]),
    ...unread.map(({ TaskType }) => `its ${TaskType} is not in the outcome`),
    ...(String(made) === String(told) ? [] : [`${told.length} new media, the books have ${made.length}`]),
  ]
}

/** docs/outcome.md, `mediaOutputs`: what the one file of an unknown outcome has, whoever made it. */
function judgeMedia(outcome: Outcome, tasks: readonly Task[]): string[] {
  // Only the type says that no other outcome has them.
  const { status, FileId, mediaOutputs }: Omit<UnknownOutcome, 'status'> & Pick<Outcome, 'status'> = outcome
  const asked = status === 'unknown' && FileId !== undefined
  const has = asked ? tasks.filter((task) => task.FileId === FileId).flatMap(outputsOf) : undefined
  const told = mediaOutputs?.map(({ Type, Definition, urls }) => [Type, Definition, ...urls].join(' '))
  const list = (outputs: readonly string[] | undefined) => outputs?.toSorted().join(', ') ?? 'none asked for'
  const [right, said] = [list(has), list(told)]
  return said === right ? [] : [`outputs of the media: "${said}", the books say "${right}"`]
}

/** Of media processing, no template of a case asks for anything else than transcodes. */
function outputsOf({ subTasks }: Task): string[] {
  return subTasks
    .filter(({ set, Status }) => set === 'MediaProcessResultSet' && Status === 'SUCCESS')
    .map(({ Type, Output }) => [Type, Output?.Definition, Output?.Url].join(' '))
}

type Part = 'succeeded' | 'failed' | 'unknown'

/** docs/outcome.md, "One sub-task". */
export function partsOf(task: Task): Part[] {
  switch (task.TaskType) {
    case 'Procedure': {
      const parts = task.subTasks.map(
        ({ Status, ErrCodeExt }): Part =>
          Status === 'SUCCESS' && ErrCodeExt === '' ? 'succeeded' : 'failed',
      )
      return parts.length === 0 && !task.isRepaired ? ['failed'] : parts
    }
    case 'ReviewAudioVideo':
      if (task.ErrCodeExt !== '') return ['failed']
      return [task.Output === null ? 'unknown' : 'succeeded']
    default: {
      const failed = task.ErrCodeExt !== '' || task.ErrCode !== 0
      const made = newFilesOf(task)
      return failed || made.length === 0 ? ['failed'] : made.map(() => 'succeeded')
    }
  }
}

/** docs/outcome.md, "The tasks of a run together". */
function statusOf(parts: readonly Part[]): string {
  const good = parts.filter((part) => part === 'succeeded').length
  if (parts.length === 0) return 'failed'
  if (parts.includes('unknown')) return 'unknown'
  return good === parts.length ? 'succeeded' : good > 0 ? 'partial' : 'failed'
}

export function newFilesOf({ TaskType, FileId, Output }: Task): string[] {
  if (TaskType === 'Procedure' || TaskType === 'ReviewAudioVideo') return []
  if (TaskType === 'PullUpload') return FileId === '' ? [] : [FileId]
  const { made = [] } = Object(Output) as { made?: { FileId: string }[] }
  return made.map((file) => file.FileId)
}
