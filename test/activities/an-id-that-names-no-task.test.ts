import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, it } from 'vitest'
import { describeTaskDetail } from '../../src/activities/describeTaskDetail.js'
import type { ReadInput, ReadResult } from '../../src/contract/activities.js'
import { defaultDelays } from '../../src/contract/delays.js'
import { VodError } from '../../src/contract/errors.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import type { VodClient } from '../../src/vod/client.js'

/** Attempts of one read, as Temporal makes them: how long they wait together, ms, and what comes of it. */
async function waitedFor(code: string, given: Partial<ReadInput>, shownAfter = Number.POSITIVE_INFINITY) {
  let waited = 0
  const client = {
    async call(action: string) {
      if (waited < shownAfter) throw new VodError({ action, code, problem: 'no such task' })
      return { TaskType: 'Procedure', Status: 'FINISH', ProcedureTask: null }
    },
  } as unknown as VodClient
  const read = describeTaskDetail({
    clientFor: () => client,
    macKeys: parseMacKeys(`test:${'0123456789abcdef'.repeat(2)}`),
    allow: [],
    keepSwept: () => {},
  })
  const look = { account: 'default', TaskId: 't', waits: defaultDelays.polls, lag: [], untilTerminal: true }
  let heartbeatDetails: unknown
  for (let attempt = 1; ; attempt++) {
    const environment = new MockActivityEnvironment({ attempt, heartbeatDetails })
    environment.on('heartbeat', (details) => {
      heartbeatDetails = details
    })
    const reading: Promise<ReadResult> = environment.run(read, { ...look, ...given })
    const looked = await reading.catch((error: unknown) => error as Error)
    if (!(looked instanceof Error)) return { waited, kind: looked.kind }
    waited += Number((looked as { nextRetryDelay?: number }).nextRetryDelay)
  }
}

const minute = 60_000

it.each(['ResourceNotFound', 'InvalidParameterValue.TaskId'])(
  'that VOD calls %s ends within minutes',
  async (code) => {
    const { waited, kind } = await waitedFor(code, { unseenMs: 3 * minute })
    expect(kind).toBe('gone')
    expect(waited).toBeGreaterThan(minute)
    expect(waited).toBeLessThanOrEqual(3 * minute)
  },
)

it.each([1, 30_000, minute])('but a task that VOD shows after %d ms is read', async (shownAfter) => {
  const looked = await waitedFor('ResourceNotFound', { unseenMs: 3 * minute }, shownAfter)
  expect(looked.kind).toBe('seen')
})

it('a task that VOD has named is looked for longer', async () => {
  const { waited, kind } = await waitedFor('ResourceNotFound', {})
  expect(kind).toBe('gone')
  expect(waited).toBeGreaterThan(10 * minute)
})

it.each(['', 'a b', 'a\n', 'x\u001b', '\ud83c', 'x'.repeat(201), 'null', 'undefined', '"a"', "'a'"])(
  'that no task can have, %j, is gone at once',
  async (TaskId) => {
    expect(await waitedFor('InternalError', { TaskId })).toEqual({ waited: 0, kind: 'gone' })
  },
)
