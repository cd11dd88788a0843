import { MockActivityEnvironment } from '@temporalio/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { createActivities } from '../../src/activities/index.js'
import type { Submission, Submitted } from '../../src/activities/types.js'
import type { VodClient } from '../../src/vod/client.js'
import { VodError } from '../../src/vod/errors.js'
import { parseMacKeys } from '../../src/vod/macKeys.js'

const day = 24 * 60 * 60_000
const macKeys = parseMacKeys(`k1:${'x'.repeat(32)}`)

/** What VOD says to the next calls; how often it was asked. */
let answers: (string | object)[]
let asked: number
beforeEach(() => {
  answers = []
  asked = 0
})

const client = {
  async call(action: string) {
    asked++
    const answer = answers.shift()
    if (typeof answer === 'string') throw new VodError({ action, code: answer, problem: 'because' })
    return answer
  },
} as unknown as VodClient

const { ProcessMediaByProcedure } = createActivities({
  clientFor: () => client,
  macKeys,
  allow: [],
  keepSwept: () => {},
})

const submission: Submission<'ProcessMediaByProcedure'> = {
  input: { request: { FileId: '528', ProcedureName: 'one' } },
  namespace: 'default',
  workflowId: 'w',
  chain: 'chain',
  key: '0/528/one',
  attempt: 1,
  first: true,
  sentSince: Date.now(),
}

function send(
  info: { attempt?: number; scheduledTimestampMs?: number; heartbeatDetails?: unknown } = {},
  given: Partial<Submission> = {},
) {
  const environment = new MockActivityEnvironment({ scheduledTimestampMs: Date.now(), ...info })
  const heartbeats: unknown[] = []
  environment.on('heartbeat', (details) => heartbeats.push(details))
  const result: Promise<Submitted> = environment.run(ProcessMediaByProcedure, { ...submission, ...given })
  return { result, heartbeats }
}

const accepted = {
  TaskId: 'T',
  ReviewAudioVideoTaskId: '',
  ImportMediaKnowledgeTaskIdSet: [],
  RequestId: 'r',
}
const permanent = 'InvalidParameterValue.ProcedureName'

it('tasks that the template does not ask for are not there', async () => {
  answers = [accepted]
  expect(await send().result).toMatchObject({
    kind: 'accepted',
    tasks: [{ TaskId: 'T', TaskType: 'Procedure' }],
  })
})

describe('a permanent error', () => {
  it('of the very first send is believed', async () => {
    answers = [permanent]
    await expect(send().result).rejects.toMatchObject({ type: 'permanent', nonRetryable: true })
  })

  it.each([
    ['after an attempt of which nothing is known', { attempt: 2 }, {}],
    ['after a reset or a workflow retry', {}, { first: false }],
    [
      'after a refusal, then an attempt of which nothing is known',
      { attempt: 3, heartbeatDetails: { refusedThrough: 1 } },
      {},
    ],
  ])('%s proves nothing', async (_, info, given) => {
    answers = [permanent]
    expect(await send(info, given).result).toMatchObject({
      kind: 'doubtful',
      refusal: expect.stringContaining(permanent),
    })
  })

  it('after refusals only is believed', async () => {
    answers = [permanent]
    const { result } = send({ attempt: 3, heartbeatDetails: { refusedThrough: 2 } })
    await expect(result).rejects.toMatchObject({ nonRetryable: true })
  })
})

it.each(['RequestLimitExceeded', 'ResourceUnavailable'])(
  '%s is remembered as a refusal that did nothing',
  async (code) => {
    answers = [code]
    const { result, heartbeats } = send()
    await expect(result).rejects.toMatchObject({ nonRetryable: false })
    expect(heartbeats).toEqual([{ refusedThrough: 1 }])
  },
)

it.each(['InternalError', 'ClientError.Timeout', 'Brand.New'])(
  '%s is not: the next attempt must doubt',
  async (code) => {
    answers = [code]
    const { result, heartbeats } = send()
    await expect(result).rejects.toMatchObject({ type: 'ambiguous', nonRetryable: false })
    expect(heartbeats).toEqual([])
  },
)

describe('where an earlier send may be older than VOD knows a SessionId, less a day', () => {
  it.each([
    [
      'a retry of an activity that waited for a worker',
      { attempt: 2, scheduledTimestampMs: Date.now() - 6 * day - 1_000 },
      {},
    ],
    ['a reset of an old run', {}, { first: false, sentSince: Date.now() - 6 * day - 1_000 }],
  ])('%s sends nothing', async (_, info, given) => {
    expect(await send(info, given).result).toMatchObject({
      kind: 'doubtful',
      refusal: expect.stringContaining('DedupExpired'),
    })
    expect(asked).toBe(0)
  })

  it('a first send that waited long for a worker is sent: there was no earlier one', async () => {
    answers = [accepted]
    expect(await send({ scheduledTimestampMs: Date.now() - 30 * day }).result).toMatchObject({
      kind: 'accepted',
    })
  })
})
