import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { readElsewhere } from '../vod/queues.js'
import { callsPerSecond } from '../vod/rates.js'
import type { Look, VodActivities } from './types.js'

type Read = VodActivities['DescribeTaskDetail']

/**
 * On the queue of the workflows: the read that an event asks for, by the worker that has the run in its memory. It saves the way over
 * the queue of reads, and with it that queue's rate limit, which is one for all workers. Events come no faster than tasks end, and
 * those were submitted at 80 a second at most; what is more than that for this process, or too much for VOD, goes to that
 * queue after all, and so does an account that this worker does not know.
 *
 * @param read - Undefined where VOD's calls are done by other processes.
 */
export function readAtOnce(read: Read | undefined): Read {
  const windows = new Map<string, { readonly second: number; readonly reads: number }>()
  const mayRead = (account: string) => {
    const second = Math.floor(Date.now() / 1_000)
    const window = windows.get(account)
    const reads = window?.second === second ? window.reads + 1 : 1
    windows.set(account, { second, reads })
    return reads <= callsPerSecond.read
  }
  return async (look: Look) => {
    if (!read) throw elsewhere('this worker has no accounts')
    if (!mayRead(look.account)) throw elsewhere('this worker has read enough in this second')
    return read(look).catch((error: unknown) => {
      if (!(error instanceof ApplicationFailure)) throw error
      const ofQueue = error.type === 'throttled' || error.type === 'InvalidInput'
      throw ofQueue ? elsewhere(error.message, error.details) : error
    })
  }
}

function elsewhere(why: string, details: unknown[] | null = []): ApplicationFailure {
  return ApplicationFailure.create({
    message: `to the queue of reads: ${why}`,
    type: readElsewhere,
    nonRetryable: true,
    details: details ?? [],
    category: ApplicationFailureCategory.BENIGN,
  })
}
