import type { Outcome } from 'vodflow'
import type { EmulatorSwitches } from 'vodflow/emulator'
import type { Task } from './books.js'
import { newFilesOf, partsOf } from './judge.js'

type Json = Readonly<Record<string, unknown>>
type Reading = Outcome['tasks'][number]

/** What VOD shows of its tasks: facts that nobody has verified, as switches of the local VOD. */
export type Shown = Partial<Pick<EmulatorSwitches, 'reviewWithoutFinishTime'>>

/** Every field of every task of an outcome that differs from VOD's books. Empty: none. */
export function judgeFields(outcome: Outcome, tasks: readonly Task[], shown: Shown): string[] {
  const byId = new Map(tasks.map((task) => [task.TaskId, task]))
  return [
    ...wholeOf(outcome, tasks),
    ...outcome.tasks.flatMap((reading) => {
      const task = byId.get(reading.TaskId ?? '')
      // A pull that was found by its media has no TaskId: what it made is compared as part of the whole.
      return task ? differences(`${task.TaskType} ${task.TaskId}`, fieldsOf(task, shown), told(reading)) : []
    }),
  ]
}

function wholeOf(outcome: Outcome, tasks: readonly Task[]): string[] {
  const review = tasks.find(({ TaskType }) => TaskType === 'ReviewAudioVideo')
  const verdicts = tasks.flatMap((task) => verdictsOf(task)).toSorted()
  const { moderation } = outcome
  return differences(
    'the outcome',
    {
      TaskIds: new Set(tasks.map(({ TaskId }) => TaskId)).size,
      review:
        tasks.filter(({ TaskType }) => TaskType === 'ReviewAudioVideo').length < 2
          ? review?.TaskId
          : 'several',
      verdicts: moderation ? verdicts : [],
    },
    {
      TaskIds: outcome.tasks.length,
      review:
        tasks.filter(({ TaskType }) => TaskType === 'ReviewAudioVideo').length < 2
          ? outcome.ReviewAudioVideoTaskId
          : 'several',
      verdicts: (moderation?.verdicts ?? [])
        .map(({ of, Suggestion = '' }) => `${of} ${Suggestion}`)
        .toSorted(),
    },
  )
}

/** As a reading should have it. */
function fieldsOf(task: Task, { reviewWithoutFinishTime = false }: Shown): Json {
  const { TaskId, TaskType, Status, createdAt, finishedAt } = task
  return {
    TaskId,
    TaskType,
    Status,
    CreateTime: iso(createdAt),
    FinishTime: reviewWithoutFinishTime && TaskType === 'ReviewAudioVideo' ? undefined : iso(finishedAt),
    // Each says nothing of a task that has ended and is told whole.
    percent: undefined,
    counts: undefined,
    truncated: undefined,
    parts: partFieldsOf(task),
    newFileIds: newFilesOf(task),
    verdicts: verdictsOf(task).toSorted(),
  }
}

function told(reading: Reading): Json {
  const { TaskId, TaskType, Status, CreateTime, FinishTime, percent, counts, parts, truncated } = reading
  return {
    TaskId,
    TaskType,
    Status,
    CreateTime,
    FinishTime,
    percent,
    counts,
    truncated,
    parts: parts.map(({ Type, status, Definition, ErrCodeExt = '', Output, urls }) => [
      Type,
      status,
      Definition,
      ErrCodeExt,
      ...(Type === 'PullUpload' && status === 'succeeded' ? [Output.FileId] : urls),
    ]),
    newFileIds: reading.newFileIds ?? [],
    verdicts: (reading.verdicts ?? []).map(({ of, Suggestion = '' }) => `${of} ${Suggestion}`).toSorted(),
  }
}

function partFieldsOf(task: Task): unknown[][] {
  const [status] = partsOf(task)
  switch (task.TaskType) {
    case 'Procedure':
      if (task.subTasks.length === 0 && !task.isRepaired)
        return [['Procedure', 'failed', undefined, task.ErrCodeExt]]
      return task.subTasks.map(({ Type, Status, Input, ErrCodeExt, Output }) => [
        Type,
        Status === 'SUCCESS' && ErrCodeExt === '' ? 'succeeded' : 'failed',
        Input.Definition,
        ErrCodeExt,
        ...urlsOf(Output),
      ])
    case 'ReviewAudioVideo':
      return [['ReviewAudioVideo', status, task.Input.Definition, task.ErrCodeExt, ...urlsOf(task.Output)]]
    default: {
      if (status === 'failed') return [[task.TaskType, 'failed', undefined, task.ErrCodeExt]]
      const { made = [] } = Object(task.Output) as { made?: Json[] }
      // The books have no URL of what was pulled: it follows from the FileId.
      const urls = task.TaskType === 'PullUpload' ? newFilesOf(task) : made.map(({ FileUrl }) => FileUrl)
      return urls.map((url) => [task.TaskType, 'succeeded', undefined, '', url])
    }
  }
}

function urlsOf(value: unknown): string[] {
  if (typeof value === 'string') return /^https?:\/\//.test(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(urlsOf) : []
}

/** `of Suggestion` of each verdict that it was asked for. */
function verdictsOf({ TaskType, ErrCodeExt, Input, Output, subTasks }: Task): string[] {
  if (TaskType === 'ReviewAudioVideo') {
    const contents = (Input.ReviewContents ?? []) as string[]
    const asked = contents.length === 0 ? ['Media'] : contents
    return asked.map((of) => {
      const result = of === 'Media' ? Output : Object(Output)[`${of}ReviewResult`]
      return `${of} ${ErrCodeExt === '' ? String(Object(result).Suggestion ?? '') : ''}`
    })
  }
  return subTasks
    .filter(({ set }) => set === 'AiContentReviewResultSet')
    .map(
      ({ Type, Status, Output: said }) =>
        `${Type} ${Status === 'SUCCESS' ? String(Object(said).Suggestion ?? '') : ''}`,
    )
}

function iso(at: number): string {
  return at === 0 ? '' : new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

function differences(what: string, right: Json, said: Json): string[] {
  return Object.keys(right).flatMap((field) => {
    const [one, other] = [JSON.stringify(right[field]), JSON.stringify(said[field])]
    return one === other ? [] : [`${field} of ${what} is ${other}, the books say ${one}`]
  })
}
