import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import type { ReadInput, VodActivities } from '../contract/activities.js'
import { callsPerSecond } from '../contract/rates.js'
import { showsEnd } from './describeTaskDetail.js'
import { activityInfo } from './sdk.js'

type ReadActivity = VodActivities['DescribeTaskDetail']

/** Each read occupies one of the worker's 40 workflow tasks (Temporal's default). Other runs must continue while VOD is slow. */
const maxReadsAtOnce = 20

/**
 * Returns the read after an event, as a local activity of the worker that has the run in memory. It avoids the queue of reads and that
 * queue's rate limit, which all workers share. Events arrive no faster than tasks end, and tasks are submitted at 80 a second at most.
 * It makes one attempt. If that does not show the end of the task, the read goes to the queue after all.
 *
 * @param read - undefined if other processes call VOD
 */
export function readAtOnce(
  read: ReadActivity | undefined,
  runOf = () => activityInfo().workflowExecution?.runId ?? '',
): ReadActivity {
  const kept = new ReadBudget()
  // The counts cover one second only: an account can be any text, and unknown ones must not accumulate.
  let window = { second: 0, reads: new Map<string, number>() }
  const mayRead = (account: string) => {
    const second = Math.floor(Date.now() / 1_000)
    if (window.second !== second) window = { second, reads: new Map() }
    const reads = (window.reads.get(account) ?? 0) + 1
    window.reads.set(account, reads)
    return reads <= callsPerSecond.read
  }
  let underWay = 0
  return async (input: ReadInput) => {
    if (!read) throw elsewhere('this worker has no accounts')
    if (underWay >= maxReadsAtOnce) throw elsewhere('this worker is waiting for too many reads')
    if (!mayRead(input.account)) throw elsewhere('this worker has reached its reads for this second')
    underWay++
    try {
      const result = await read({ ...input, waits: [], lag: [], untilTerminal: false })
      if (!showsEnd(result)) throw elsewhere('VOD does not show the end yet')
      if (!kept.take(runOf(), Buffer.byteLength(JSON.stringify(result))))
        throw elsewhere('the results of this workflow task have reached their size limit')
      return result
    } finally {
      underWay--
    }
  }
}

/** The largest size of all local results of one workflow task. It reports them together, and a message to Temporal holds 4 MB. */
const maxBytesOfTask = 1_500_000
/** The longest time of a workflow task, in ms. */
const taskMs = 10_000

/** Counts the bytes of the results of each run within the time of one workflow task. */
class ReadBudget {
  readonly #told = new Map<string, { since: number; bytes: number }>()

  /** Returns false if the result would exceed the limit. */
  take(run: string, bytes: number): boolean {
    const now = Date.now()
    for (const [each, { since }] of this.#told) {
      // The entries are in the order of their start.
      if (now - since <= taskMs) break
      this.#told.delete(each)
    }
    const told = this.#told.get(run) ?? { since: now, bytes: 0 }
    if (told.bytes + bytes > maxBytesOfTask) return false
    told.bytes += bytes
    this.#told.set(run, told)
    return true
  }
}

/** The type is for people: the workflow sends the read to the queue after any failure. */
function elsewhere(why: string): ApplicationFailure {
  return ApplicationFailure.create({
    message: `to the queue of reads: ${why}`,
    type: 'ReadElsewhere',
    category: ApplicationFailureCategory.BENIGN,
  })
}
