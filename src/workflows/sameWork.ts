import { sleep } from '@temporalio/workflow'
import type { OtherTask, ReadResult, ReviewRequest } from '../contract/activities.js'
import type { AppAddress } from '../contract/appAddress.js'
import { flowPartName } from '../contract/flowParts.js'
import { isDefinition, isName } from '../contract/json.js'
import { isTerminal, type TaskPart } from '../contract/outcome.js'
import { setOf } from '../contract/repair.js'
import { flowTypes, type UploadInput } from '../contract/upload.js'
import { refuse } from './refuse.js'
import { type FlowTemplate, readTask, templateOf } from './uploadReads.js'

/** The tasks of a file that together do the work of a rule. Empty if the rule must submit. */
export interface SameWork {
  readonly tasks: readonly OtherTask[]
  /** One of the tasks is listed for this file, and its detail is about another file or task. */
  readonly isContradicted: boolean
}

const notDone: SameWork = { tasks: [], isContradicted: false }

/**
 * Returns the tasks of a file that together do everything that a procedure does, regardless of who asked for them: the latest task flow, and
 * each moderation. Returns none if one of them is missing, because VOD cannot start a part of a template. Imports of media knowledge are
 * not listed, so they do not count.
 *
 * @throws ApplicationFailure of type `InvalidInput` if VOD does not have the procedure.
 */
export async function sameWork(
  listed: readonly OtherTask[],
  { FileId, SubAppId, account = 'default' }: Pick<UploadInput, 'FileId' | 'SubAppId' | 'account'>,
  ProcedureName: string,
): Promise<SameWork> {
  if (listed.length === 0) return notDone
  const app = { account, SubAppId }
  const why = 'is the file already processed as the rule would?'
  const template = await knownTemplate(app, ProcedureName, why)
  const wanted = flowTypes.filter((type) => template.TaskTypes.includes(type))
  const hasWanted = (tasks: readonly OtherTask[]) =>
    wanted.length > 0 && wanted.every((type) => tasks.some(({ TaskType }) => TaskType === type))
  if (!hasWanted(listed)) return notDone
  const candidates = listed.filter(({ TaskType }) => wanted.includes(TaskType))
  const same: ReadTask[] = []
  for (let end = candidates.length; end > 0; end -= readTogether) {
    const latest = candidates.slice(Math.max(0, end - readTogether), end)
    const results = await Promise.all(latest.map(async (task) => ({ task, result: await shown(task) })))
    same.unshift(...results.filter((read) => mayBeSame(read, template)))
    const flow = same.findLast(({ task }) => task.TaskType === 'Procedure')
    const reviews = same.filter(({ task }) => task.TaskType === 'ReviewAudioVideo')
    const chosen = flow ? [flow, ...reviews] : reviews
    const tasks = chosen.map(({ task }) => task)
    if (hasWanted(tasks)) return { tasks, isContradicted: chosen.some(isContradicted) }
  }
  return notDone

  /**
   * Reads a task until it shows what was asked for. VOD may show no sub-task of a flow that waits. What differs from the template is read
   * twice, because the file would be billed again.
   */
  async function shown(task: OtherTask): Promise<ReadResult> {
    const asked = { TaskId: task.TaskId, FileId }
    const first = await readTask(app, asked, why)
    const isOther = showsRequest({ task, result: first }) && !mayBeSame({ task, result: first }, template)
    const result = isOther ? await readTask(app, asked, why) : first
    if (showsRequest({ task, result })) return result
    return readTask(app, { ...asked, waits: isContradicted({ task, result }) ? mixedUpWaits : waits }, why)
  }
}

/** The waits before a task is read again, in ms. */
const waits = [1_000, 5_000, 30_000]

/** The waits before a task is read again whose answer was about another one, in ms. */
const mixedUpWaits = [1_000, 5_000]

/** The largest number of tasks that are read at the same time. */
const readTogether = 20

/** The wait before VOD is asked again for a template that it does not have, in ms. */
const templateWaitMs = 5_000

async function knownTemplate(app: AppAddress, ProcedureName: string, why: string): Promise<FlowTemplate> {
  const first = await templateOf(app, ProcedureName, why)
  if (first.known) return first
  await sleep(templateWaitMs, { summary: 'VOD does not have the template' })
  const second = await templateOf(app, ProcedureName, why)
  if (second.known) return second
  const problem = `names no task flow template of this application ("${ProcedureName}")`
  throw refuse('work.ProcedureName', problem, 'create it, or correct the rule')
}

interface ReadTask {
  readonly task: OtherTask
  readonly result: ReadResult
}

function isContradicted({ result }: ReadTask): boolean {
  return result.kind === 'gone' && result.answeredAbout !== undefined
}

function showsRequest({ task, result }: ReadTask): boolean {
  if (result.kind !== 'seen') return result.answeredAbout === undefined
  if (result.namesNone) return true
  const { TaskType, Status, parts } = result.reading
  if (TaskType !== task.TaskType) return false
  if (TaskType !== 'Procedure') return true
  return isTerminal(Status) ? parts.every(({ status }) => status !== 'unknown') : parts.length > 0
}

/** Returns true also if VOD does not show the request of a task, because the same work would be billed again. */
function mayBeSame({ task, result }: ReadTask, { flowParts = [], review }: FlowTemplate): boolean {
  if (result.kind !== 'seen' || result.namesNone) return true
  const { TaskType } = result.reading
  if (TaskType !== task.TaskType) return true
  return TaskType === 'Procedure' ? doesParts(result, flowParts) : doesReview(result, review)
}

type SeenRead = Extract<ReadResult, { kind: 'seen' }>

function doesParts({ reading: { parts, counts } }: SeenRead, asked: readonly string[]): boolean {
  if (parts.length === 0) return true
  if (parts.every(didNothing)) return false
  const names = parts.map(flowPartName)
  const isCut = counts !== undefined
  return isCut || parts.some(isUnclear) || asked.every((name) => names.includes(name))
}

/** A flow that was aborted, or could not open its source and says so, has no sub-tasks. */
function didNothing({ Type, status, ErrCodeExt, Message = '' }: TaskPart): boolean {
  if (Type !== 'Procedure') return false
  const saysError = isName(ErrCodeExt) || (isName(Message) && !/^success$/i.test(Message))
  return status === 'aborted' || (status === 'failed' && saysError)
}

/** Returns true for a part whose request VOD does not show, or names in other letters. */
function isUnclear({ Type, Definition }: TaskPart): boolean {
  if (!isDefinition(Definition)) return true
  return Object.keys(setOf).some(
    (known) => known !== Type && known.toLowerCase() === Type.trim().toLowerCase(),
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
