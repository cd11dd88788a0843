import { asyncActions, type MadeTask, type SubmitAction, taskKinds } from '../../contract/actions.js'
import type { ReadInput } from '../../contract/activities.js'
import { askedOf } from '../../contract/asked.js'
import type { TaskHint } from '../../contract/hint.js'
import { filled } from '../../contract/json.js'
import type { EndedBy } from '../../contract/outcome.js'
import { proceduresOf } from '../../contract/procedures.js'
import { minute } from '../../contract/time.js'
import { fileOfFlow } from './flows.js'
import type { HintReason, ReadEffect, ReadReason, StepState, Transition } from './state.js'
import { hintedMeanwhile, taskOf, withTask } from './tasks.js'

/** Requests a read of a task. If a read is pending, a hint causes another one after it. */
export function read(state: StepState, TaskId: string, why: ReadReason): Transition {
  const task = taskOf(state, TaskId)
  const counted = countNet(state, why)
  switch (task?.stage) {
    case 'open':
      return [withTask(counted, { ...task, stage: 'reading', underWay: why }), [readOf(state, TaskId, why)]]
    case 'reading':
    case 'claimed':
      return [why.cause === 'hint' ? withTask(counted, hintedMeanwhile(task, why)) : counted, []]
    default:
      return [state, []]
  }
}

export function byHint({ via }: TaskHint): HintReason {
  return { cause: 'hint', via }
}

/** Returns the net that triggered a read. None triggers the read of a canceled run, or that of a hint from the audit or an operator. */
export function netOf(why: ReadReason): EndedBy | undefined {
  if (why.cause === 'hint') return why.via
  return why.cause === 'cancel' ? undefined : why.cause
}

/** Counts the net that triggered a read, for people only. */
export function countNet(state: StepState, why: ReadReason): StepState {
  const net = netOf(why)
  if (net === undefined) return state
  return { ...state, nets: { ...state.nets, [net]: (state.nets[net] ?? 0) + 1 } }
}

/** If this worker did not make the local read, or it did not show the end, the read goes to the queue of reads. */
export function readQueued(state: StepState, TaskId: string): Transition {
  const why = taskOf(state, TaskId)?.underWay
  return [state, why?.cause === 'hint' ? [{ ...readOf(state, TaskId, why), here: false }] : []]
}

/** Returns the effect that reads a task. */
export function readOf(state: StepState, TaskId: string, why: ReadReason): ReadEffect {
  return { do: 'read', TaskId, cause: why.cause, here: isPrompt(why), input: inputFor(state, TaskId, why) }
}

/** Events arrive no faster than tasks end, so they are read immediately. Hints of the sweep arrive all at once, so they use the queue. */
function isPrompt(why: ReadReason): boolean {
  return why.cause === 'hint' && (why.via === 'push' || why.via === 'pull')
}

function inputFor(state: StepState, TaskId: string, why: ReadReason): ReadEffect['input'] {
  const { origin, delays } = state.start
  const { polls, lag } = delays
  // A detail may lag behind an abort that VOD accepted.
  const afterAbort = lag.slice(0, why.cause === 'cancel' && why.aborted ? 2 : 1)
  const waits = { hint: lag, look: [], search: lag, dispute: [], poll: polls, cancel: afterAbort }[why.cause]
  const mayNameNone = origin.kind === 'adopt' ? { unseenMs } : {}
  return { waits, lag, untilTerminal: why.cause === 'poll', ...mayNameNone, ...bounds(state, TaskId) }
}

/** The longest wait for an adopted task to appear, in ms. VOD shows a new task within a minute, so the id is then probably mistyped. */
const unseenMs = 3 * minute

/** An outcome can hold three whole readings. */
const maxReadings = 3
const maxReadingsBytes = 240 * 1024

function bounds(
  state: StepState,
  TaskId: string,
): Pick<ReadInput, 'FileId' | 'flows' | 'procedures' | 'asked' | 'maxBytes'> {
  const { start, tasks } = state
  const { origin, flows } = start
  const isOfRequest = origin.kind === 'submit' && keepsToFile(origin.send.action)
  const FileId = isOfRequest ? start.FileId : fileOfFlow(state, TaskId)
  const request = origin.kind === 'submit' && { ...origin.send.input.request }
  const asked = request && askedOf(origin.send.action, request)
  const procedures = request && proceduresOf(request)
  return {
    ...filled({ FileId }),
    ...(flows > 0 ? { flows } : {}),
    ...(procedures ? { procedures } : {}),
    ...(asked ? { asked } : {}),
    ...(tasks.length > maxReadings ? { maxBytes: Math.floor(maxReadingsBytes / tasks.length) } : {}),
  }
}

/** Returns true if every task of an action is about the file of the request, and none about new media. */
function keepsToFile(action: SubmitAction): boolean {
  const tasks: readonly MadeTask[] = asyncActions[action].tasks
  return tasks.every(({ TaskType }) => taskKinds[TaskType]?.makes === undefined)
}
