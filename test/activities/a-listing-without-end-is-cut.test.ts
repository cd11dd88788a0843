import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { expect, it } from 'vitest'
import type { ActivityContext } from '../../src/activities/context.js'
import { describeTasks } from '../../src/activities/describeTasks.js'
import { sweepTasks } from '../../src/activities/sweepTasks.js'
import { keys as macKeys } from '../fuzz/sealed.js'

const task = {
  TaskId: 'task',
  TaskType: 'Procedure',
  Status: 'FINISH',
  FileId: 'file',
  SessionId: 'b'.repeat(40),
  SessionContext: '',
  CreateTime: '2026-01-01T00:00:00Z',
  FinishTime: '2026-01-01T00:01:00Z',
}
const call = async () => ({ TaskSet: [task], ScrollToken: 'more' })
const context = { clientFor: () => ({ call }), macKeys } as unknown as ActivityContext
const logger = new DefaultLogger('ERROR')

/** The results of the attempts from a page on, until one is not an error. */
async function attemptsFrom(position: object, activity: (given: never) => Promise<unknown>, given: object) {
  const results: unknown[] = []
  let heartbeatDetails: unknown = position
  while (results.length < 10) {
    const now = Date.now()
    const times = { scheduledTimestampMs: now, currentAttemptScheduledTimestampMs: now }
    const info = { attempt: 2, heartbeatDetails, ...times }
    const environment = new MockActivityEnvironment(info, { logger })
    environment.on('heartbeat', (details) => {
      heartbeatDetails = details
    })
    const result = await environment.run(activity, given as never).catch(() => 'NotYet')
    results.push(result)
    if (result !== 'NotYet') break
  }
  return results
}

it('of the sweep: it ends with what it has read', async () => {
  const position = { ScrollToken: 'x', page: 9_997, newest: 0, tasks: 0, hinted: 0 }
  const pass = { account: 'default', gracePeriod: 0 }
  const swept = { newest: Date.parse(task.FinishTime), tasks: 3, hinted: 0 }
  expect(await attemptsFrom(position, sweepTasks(context), pass)).toEqual(['NotYet', 'NotYet', swept])
})

it('of the tasks of one media file: the search ends', async () => {
  const position = { ScrollToken: 'x', page: 198, listing: 0, wide: false, tasks: [] }
  const search = {
    account: 'default',
    SessionId: 'a'.repeat(40),
    FileId: 'file',
    expected: ['Procedure'],
    settleMs: 0,
    waits: [1],
    giveUpAfter: 0,
  }
  expect(await attemptsFrom(position, describeTasks(context), search)).toEqual(['NotYet', { tasks: [] }])
})
