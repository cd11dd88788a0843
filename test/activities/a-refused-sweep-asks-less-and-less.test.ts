import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { expect, it } from 'vitest'
import type { ActivityContext } from '../../src/activities/context.js'
import { sweepTasks } from '../../src/activities/sweepTasks.js'
import { VodError } from '../../src/contract/errors.js'
import { keys as macKeys } from '../fuzz/sealed.js'

const logger = new DefaultLogger('ERROR')
const minute = 60_000
const hour = 60 * minute

type Answer = Readonly<Record<string, unknown>> | VodError

/** One attempt after the other, as Temporal makes them: the waits between them, and whether the last one was final. */
async function attempts(answer: (number: number) => Answer, lastMs: number) {
  let number = 0
  const call = async () => {
    const given = answer(number)
    if (given instanceof VodError) throw given
    return { TaskSet: [], ScrollToken: '', ...given }
  }
  const activity = sweepTasks({ clientFor: () => ({ call }), macKeys } as unknown as ActivityContext)
  const waits: number[] = []
  let heartbeatDetails: unknown
  for (let at = 0; at <= lastMs; number++) {
    const now = Date.now()
    const info = {
      attempt: number + 1,
      heartbeatDetails,
      scheduledTimestampMs: now - at,
      currentAttemptScheduledTimestampMs: now,
    }
    const environment = new MockActivityEnvironment(info, { logger })
    environment.on('heartbeat', (details) => {
      heartbeatDetails = details
    })
    const error = await environment
      .run(activity, { account: 'default', gracePeriod: 0 })
      .catch((error) => error)
    if (!(error instanceof Error)) return { waits, final: false }
    const { nonRetryable, nextRetryDelay } = error as Error & {
      nonRetryable: boolean
      nextRetryDelay: number
    }
    if (nonRetryable) return { waits, final: true }
    waits.push(nextRetryDelay)
    at += nextRetryDelay
  }
  return { waits, final: false }
}

const refusal = (code: string) => new VodError({ action: 'DescribeTasks', code, problem: 'no' })

it.each([
  'InvalidParameterValue.SubAppId',
  'ResourceNotFound',
  'UnauthorizedOperation',
  'UnsupportedOperation',
])('of a sub-app that VOD refuses with %s: some hundred times in 72 hours, then no more', async (code) => {
  const { waits, final } = await attempts(() => refusal(code), 73 * hour)
  expect(final).toBe(true)
  expect(waits.slice(0, 3)).toEqual([2_000, 4_000, 8_000])
  expect(Math.max(...waits)).toBe(10 * minute)
  expect(waits.length).toBeLessThan(450)
})

it('what passes at once is tried again at once, also the next time', async () => {
  const expired = (number: number) => number % 2 === 0
  const { waits } = await attempts(
    (number) =>
      expired(number)
        ? refusal('InvalidParameterValue.ScrollToken')
        : { ScrollToken: 's', TaskSet: [{ Status: 'WAITING', TaskId: 't', SessionContext: '' }] },
    minute,
  )
  expect(new Set(waits)).toEqual(new Set([2_000, 1]))
})
