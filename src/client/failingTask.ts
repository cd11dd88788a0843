import { batchType } from '../contract/batch.js'
import { isReserved } from '../contract/queues.js'
import { stepTypes } from '../contract/runNames.js'
import { sweepType } from '../contract/sweep.js'
import { cannotRead, hasNoKeys, withoutEncoding } from '../contract/unopened.js'
import { uploadType } from '../contract/upload.js'
import { shellWord } from './shellWord.js'
import type { UnreadableResult } from './unreadableResult.js'

/** Parts of the messages of the SDKs for a workflow type that a worker does not have. */
const unknownType = [
  'no such function is exported by the workflow bundle', // TypeScript
  'is not registered on this worker, available workflows:', // Python, .NET and Ruby
  'unable to find workflow type:', // Go
  'Unknown workflow type "', // Java
]

/** The workflow types of vodflow, which run on its own task queue. */
export const ownTypes: readonly string[] = [...stepTypes, batchType, uploadType, sweepType]

/** A workflow task or a query that fails, and its run. */
interface Failing {
  readonly problem: string
  /** Absent for a query. */
  readonly attempt?: number | undefined
  /** The task queue of the run. */
  readonly queue: string
  /** The workflow type of the run. */
  readonly type: string
  /** The end of an activity because of which it fails. */
  readonly result?: UnreadableResult | undefined
}

/** Returns what gets the run of a failing workflow task to continue. */
export function remedyOfFailing(
  workflowId: string,
  { problem, attempt, queue, type, result }: Failing,
): string {
  if (result) return resetBefore(workflowId, result)
  if (isReserved(queue) && unknownType.some((words) => problem.includes(words))) return elsewhere(queue, type)
  if (hasNoKeys(problem))
    return `Pass dataConverter: payloadEncryption(process.env.VODFLOW_PAYLOAD_KEYS) to every worker of "${queue}", with the keys of the process that started the run, and restart them: the run then continues.`
  if (problem.includes(cannotRead) || withoutEncoding(problem) !== problem)
    return `Give every worker of "${queue}" the same VODFLOW_PAYLOAD_KEYS (or dataConverter) as the process that started the run, and restart them: the run then continues.`
  const fix = `Fix the workflow code and restart the worker of "${queue}"`
  if (attempt === undefined) return `${fix}.`
  return `${fix}: the run then continues. To make a run fail, throw an ApplicationFailure in the workflow.`
}

/** A worker took a task from a queue of vodflow, and does not know the workflow type. */
function elsewhere(queue: string, type: string): string {
  if (ownTypes.includes(type))
    return `A worker that is not vodflow's probably polls "${queue}", and vodflow doctor names it. Give it another task queue: the run then continues.`
  return `vodflow has no workflow "${type}". Terminate the run, and start it on the task queue of the worker that has it: "${queue}" is reserved for vodflow's own workflows.`
}

/** Temporal runs the activity again, with the same `SessionId` if it submits. */
function resetBefore(workflowId: string, { activity, eventId, resetTo }: UnreadableResult): string {
  return `Somebody completed or failed the activity ${activity} by hand with a payload that no worker can read (event ${eventId}). Reset the run to before that event, which runs the activity again and finds the tasks that its steps made: temporal workflow reset --workflow-id ${shellWord(workflowId)} --event-id ${resetTo} --reason "unreadable result"`
}
