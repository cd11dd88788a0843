import type { OtherTask, ReadResult, ReviewRequest } from '../contract/activities.js'
import { flowPartName } from '../contract/flowParts.js'
import { isTerminal } from '../contract/outcome.js'
import { flowTypes, type UploadInput } from '../contract/upload.js'
import { type FlowTemplate, readTask, templateOf } from './uploadReads.js'

/**
 * Returns the tasks of a file that together do everything that a procedure does, regardless of who asked for them: the latest task flow, and
 * each moderation. Returns none if one of them is missing, because VOD cannot start a part of a template. Imports of media knowledge are
 * not listed, so they do not count.
 */
export async function sameWork(
  listed: readonly OtherTask[],
  { SubAppId, account = 'default' }: Pick<UploadInput, 'SubAppId' | 'account'>,
  ProcedureName: string,
): Promise<readonly OtherTask[]> {
  if (listed.length === 0) return []
  const app = { account, SubAppId }
  const why = 'is the file already processed as the rule would?'
  const template = await templateOf(app, ProcedureName, why)
  const wanted = flowTypes.filter((type) => template.TaskTypes.includes(type))
  const hasWanted = (tasks: readonly OtherTask[]) =>
    wanted.length > 0 && wanted.every((type) => tasks.some(({ TaskType }) => TaskType === type))
  if (!hasWanted(listed)) return []
  const candidates = listed.filter(({ TaskType }) => wanted.includes(TaskType))
  const results = await Promise.all(candidates.map(async (task) => ({ task, result: await shown(task) })))
  const same = results.filter(({ task, result }) => mayBeSame(task, result, template)).map(({ task }) => task)
  const flow = same.findLast(({ TaskType }) => TaskType === 'Procedure')
  const reviews = same.filter(({ TaskType }) => TaskType === 'ReviewAudioVideo')
  const chosen = flow ? [flow, ...reviews] : reviews
  return hasWanted(chosen) ? chosen : []

  /** Reads a task until it shows what was asked for. VOD may show no sub-task of a flow that waits. */
  async function shown({ TaskId }: OtherTask): Promise<ReadResult> {
    const result = await readTask(app, { TaskId }, why)
    return showsRequest(result) ? result : readTask(app, { TaskId, waits }, why)
  }
}

/** The waits before a task is read again, in ms. */
const waits = [1_000, 5_000, 30_000]

function showsRequest(result: ReadResult): boolean {
  if (result.kind !== 'seen' || result.namesNone) return true
  const { TaskType, Status, parts } = result.reading
  if (TaskType !== 'Procedure') return true
  return isTerminal(Status) ? parts.every(({ status }) => status !== 'unknown') : parts.length > 0
}

/** Returns true also if VOD does not show the request of a task, because the same work would be billed again. */
function mayBeSame(
  { TaskType }: OtherTask,
  result: ReadResult,
  { flowParts = [], review }: FlowTemplate,
): boolean {
  if (result.kind !== 'seen' || result.namesNone) return true
  return TaskType === 'Procedure' ? doesParts(result, flowParts) : doesReview(result, review)
}

type SeenRead = Extract<ReadResult, { kind: 'seen' }>

function doesParts({ reading: { parts, counts } }: SeenRead, asked: readonly string[]): boolean {
  // A flow that was aborted, or could not open its source, has no sub-tasks.
  if (parts.every(({ Type, status }) => Type === 'Procedure' && status !== 'unknown')) return false
  const names = parts.map(flowPartName)
  const isCut = counts !== undefined
  return (
    isCut ||
    parts.some(({ Definition }) => Definition === undefined) ||
    asked.every((name) => names.includes(name))
  )
}

function doesReview(
  { reading: { parts, verdicts = [] } }: SeenRead,
  review: ReviewRequest | undefined,
): boolean {
  const shown = parts[0]?.Definition ?? review?.Definition
  return (
    shown === review?.Definition &&
    (review?.contents ?? []).every((asked) => verdicts.some(({ of }) => of === asked))
  )
}
