import type { Client, WorkflowExecutionInfo } from '@temporalio/client'
import { passing } from '../contract/check.js'
import { counted } from '../contract/counted.js'
import { defaultDelays } from '../contract/delays.js'
import { durationsIn, msOf } from '../contract/duration.js'
import { sweepInput } from '../contract/inputs.js'
import { workflowQueue } from '../contract/queues.js'
import { defaultSweepTimes, sweepIdOf, sweepType } from '../contract/sweep.js'
import { cut } from '../contract/text.js'
import { hour } from '../contract/time.js'
import { delayedUntil } from './delayedUntil.js'
import { Unreadable } from './executions.js'
import { startOf } from './startOf.js'

/** The reason why the open run under the id of a sweep does not do its work. */
export interface SweepProblem {
  /** The predicate of a sentence about the run, without a period. */
  readonly what: string
  /** The run can be replaced, because a run of its type makes no tasks. */
  readonly replaceable: boolean
  /** Its input cannot be read here. It does its work if the workers have other keys than this process. */
  readonly unreadable?: true
}

type SweepRun = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'type' | 'taskQueue' | 'status' | 'startTime' | 'executionTime'
>

/** Anyone who can start workflows can take the id of a sweep. Temporal then starts no other one, and lost events are not found. */
export async function sweepProblem(client: Client, run: SweepRun): Promise<SweepProblem | undefined> {
  const { workflowId, type, taskQueue } = run
  if (type !== sweepType) return { what: `is a run of "${cut(type, 100)}", not a sweep`, replaceable: false }
  if (taskQueue !== workflowQueue)
    return { what: `is on the task queue "${cut(taskQueue, 100)}"`, replaceable: true }
  const until = delayedUntil(run)
  if (until) return { what: `starts only at ${until.toISOString()}`, replaceable: true }
  const start = await startOf(client, run)
  if (start instanceof Unreadable) {
    const what = `has an input that cannot be read with the payload keys of this process: ${cut(start.problem, 300)}`
    return { what, replaceable: false, unreadable: true }
  }
  const input = passing(sweepInput, start?.args[0])
  if (!input || sweepIdOf(input) !== workflowId)
    return { what: 'sweeps another application than its id names', replaceable: true }
  const { interval, gracePeriod } = durationsIn('times', input.times, defaultSweepTimes)
  if (interval + gracePeriod < firstLook) return undefined
  const hours = Math.round((interval + gracePeriod) / hour)
  return { what: `finds tasks only after up to ${counted(hours, 'hour')}`, replaceable: false }
}

/** From this time on, runs read their tasks themselves, so a slower sweep finds nothing earlier. */
const firstLook = msOf(defaultDelays.looks[0] ?? 0)
