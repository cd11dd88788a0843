import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import type { ReadInput, VodActivities } from '../contract/activities.js'
import { callsPerSecond } from '../contract/rates.js'
import { isWhole } from './describeTaskDetail.js'
import { activityInfo } from './sdk.js'

type ReadActivity = VodActivities['DescribeTaskDetail']

/** Each holds a workflow task of its worker, which has 40 by Temporal's default: where VOD is slow, other runs must go on. */
const maxReadsAtOnce = 20

/**
 * The read that an event asks for, as a local activity of the worker that has the run in its memory. It saves the way over the queue
 * of reads, and with it that queue's rate limit, which is one for all workers. Events come no faster than tasks end, and those were
 * submitted at 80 a second at most. One answer is all that it waits for: what it cannot tell goes to that queue after all.
 *
 * @param read - Undefined where VOD's calls are done by other processes.
 */
export function readAtOnce(
  read: ReadActivity | undefined,
  runOf = () => activityInfo().workflowExecution?.runId ?? '',
): ReadActivity {
  const kept = new ReadBudget()
  // The counts are those of this second alone: an account can be any text, and an unknown one must not stay.
  let window = { second: 0, reads: new Map<string, number>() }
  const mayRead = (account: string) => {
    const second = Math.floor(Date.now() / 1_000)
    if (window.second !== second) window = { second, reads: new Map() }
    const reads = (window.reads.get(account) ?? 0) + 1
    window.reads.set(account, reads)
    return reads <= callsPerSecond.read
  }
  let underWay = 0
  return async (look: ReadInput) => {
    if (!read) throw elsewhere('this worker has no accounts')
    if (underWay >= maxReadsAtOnce) throw elsewhere('this worker waits for enough reads')
    if (!mayRead(look.account)) throw elsewhere('this worker has read enough in this second')
    underWay++
    try {
      const looked = await read({ ...look, waits: [], lag: [], untilTerminal: false })
      if (!isWhole(looked)) throw elsewhere('VOD does not show the end yet')
      if (!kept.take(runOf(), Buffer.byteLength(JSON.stringify(looked))))
        throw elsewhere('the workflow task has results enough')
      return looked
    } finally {
      underWay--
    }
  }
}

/** Of the 4 MB that one answer of Temporal holds, for all that one workflow task makes: it writes its local results down together. */
const maxBytesOfTask = 1_500_000
/** A workflow task takes no longer, ms. */
const taskMs = 10_000

/** How much each run has been told within the time of a workflow task. */
class ReadBudget {
  readonly #told = new Map<string, { since: number; bytes: number }>()

  /** `false` where it is too much. */
  take(run: string, bytes: number): boolean {
    const now = Date.now()
    for (const [each, { since }] of this.#told) {
      // In the order in which they began.
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

/** Its type is for people: the workflow leaves every other failure to the queue of reads too. */
function elsewhere(why: string): ApplicationFailure {
  return ApplicationFailure.create({
    message: `to the queue of reads: ${why}`,
    type: 'ReadElsewhere',
    category: ApplicationFailureCategory.BENIGN,
  })
}
