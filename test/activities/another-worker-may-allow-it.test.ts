import type { Client } from '@temporalio/client'
import { type ApplicationFailure, defaultPayloadConverter, type Payload } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { createActivities } from '../../src/activities/index.js'
import { VodError } from '../../src/contract/errors.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import { createVodClient, type VodClient } from '../../src/vod/client.js'

const vod = createVodClient({ credentials: { secretId: 'AKIDEXAMPLE', secretKey: 'k' } })
let sent: string[] = []
/** What VOD answers next. */
let answer: () => Readonly<Record<string, unknown>>
beforeEach(() => {
  sent = []
  unknown = []
  answer = () => ({ RequestId: 'r' })
})
/** Actions that the worker of the next attempt does not know, because its SDK is older. */
let unknown: string[] = []
const client: VodClient = {
  ...vod,
  knows: (action) => !unknown.includes(action) && vod.knows(action),
  send: async (action) => {
    sent.push(action)
    return answer()
  },
}

/** What Temporal has stored of the heartbeats that a send waits for. */
let stored: unknown[] = []
const temporal = {
  withAbortSignal: (_: AbortSignal, ask: () => unknown) => ask(),
  options: {
    namespace: 'default',
    loadedDataConverter: { payloadConverter: defaultPayloadConverter, payloadCodecs: [] },
  },
  workflowService: {
    recordActivityTaskHeartbeat: async ({ details }: { details: { payloads: Payload[] } }) => {
      stored = details.payloads.map((payload) => defaultPayloadConverter.fromPayload(payload))
      return {}
    },
  },
} as unknown as Client

/** One activity, whose attempts are made by workers that allow these actions. */
function activity(activityType: string) {
  const at = Date.now()
  let attempt = 0
  let heartbeatDetails: unknown
  return {
    crash: () => {
      attempt++
    },
    attemptAt: async (allow: readonly string[]) => {
      attempt++
      const info = {
        activityType,
        attempt,
        heartbeatDetails,
        scheduledTimestampMs: at,
        currentAttemptScheduledTimestampMs: at + attempt - 1,
      }
      stored = []
      const environment = new MockActivityEnvironment(info, { client: temporal })
      environment.on('heartbeat', (details) => {
        heartbeatDetails = details
        stored = []
      })
      const macKeys = parseMacKeys(`k1:${'x'.repeat(32)}`)
      const activities = createActivities({ clientFor: () => client, macKeys, allow, keepSwept: () => {} })
      const ended = await environment.run(activities.default, { account: 'default', request: {} }).then(
        (result) => ({ result }),
        (failure: ApplicationFailure) => ({ failure }),
      )
      if (stored.length > 0) [heartbeatDetails] = stored
      return ended
    },
  }
}

describe.each(['CreateClass', 'DeleteMedia', 'DescribeDrmKeyProviderInfo'])('%s', (action) => {
  it('is left to another worker while one does not allow it', async () => {
    const { attemptAt } = activity(action)
    for (let refusals = 0; refusals < 15; refusals++)
      expect(await attemptAt([])).toMatchObject({
        failure: {
          type: 'NotAllowed',
          nonRetryable: false,
          message: expect.stringContaining(`add it to its \`allow\` (npx vodflow worker --allow ${action})`),
        },
      })
    expect(sent).toEqual([])
    // Nothing was sent, so this counts as the first attempt.
    expect(await attemptAt([action])).toMatchObject({ result: { RequestId: 'r' } })
    expect(sent).toEqual([action])
  })

  it('is refused for good if no worker has allowed it', async () => {
    const { attemptAt } = activity(action)
    for (let refusals = 0; refusals < 15; refusals++) await attemptAt([])
    expect(await attemptAt([])).toMatchObject({ failure: { type: 'NotAllowed', nonRetryable: true } })
    expect(sent).toEqual([])
  })
})

function refusedKey(): never {
  throw new VodError({ action: 'X', code: 'AuthFailure.SecretIdNotFound', problem: 'no such key' })
}

describe.each(['CreateClass', 'DeleteMedia', 'DescribeMediaInfos'])('%s', (action) => {
  it('is left to another worker while one does not know it', async () => {
    const { attemptAt } = activity(action)
    unknown = [action]
    for (let refusals = 0; refusals < 15; refusals++)
      expect(await attemptAt([action])).toMatchObject({
        failure: {
          type: 'UnknownAction',
          nonRetryable: false,
          nextRetryDelay: 1_000,
          message: `${action} is not an action that this worker knows; check its spelling, or update the worker`,
        },
      })
    expect(sent).toEqual([])
    unknown = []
    expect(await attemptAt([action])).toMatchObject({ result: { RequestId: 'r' } })
    expect(sent).toEqual([action])
  })

  it('is refused for good if no worker knows it', async () => {
    const { attemptAt } = activity(action)
    unknown = [action]
    for (let refusals = 0; refusals < 15; refusals++) await attemptAt([action])
    expect(await attemptAt([action])).toMatchObject({
      failure: { type: 'UnknownAction', nonRetryable: true },
    })
  })

  it('is left to another worker while VOD refuses the key of one', async () => {
    const { attemptAt } = activity(action)
    answer = refusedKey
    for (const nextRetryDelay of [1_000, 2_000, 4_000, 8_000])
      expect(await attemptAt([action])).toMatchObject({
        failure: {
          type: 'transient',
          nonRetryable: false,
          nextRetryDelay,
          message: expect.stringContaining('may pass by itself, so vodflow retries the request'),
          details: [{ code: 'AuthFailure.SecretIdNotFound' }],
        },
      })
    answer = () => ({ RequestId: 'r' })
    // Nothing was done, so this counts as the first attempt.
    expect(await attemptAt([action])).toMatchObject({ result: { RequestId: 'r' } })
    expect(sent).toHaveLength(5)
  })

  it('is refused for good if VOD refuses every key', async () => {
    const { attemptAt } = activity(action)
    answer = refusedKey
    for (let refusals = 0; refusals < 4; refusals++) await attemptAt([action])
    expect(await attemptAt([action])).toMatchObject({ failure: { type: 'permanent', nonRetryable: true } })
  })

  it('is refused for good if the reason does not pass', async () => {
    answer = () => {
      throw new VodError({ action, code: 'InvalidParameterValue.SubAppId', problem: 'not yours' })
    }
    const { attemptAt } = activity(action)
    expect(await attemptAt([action])).toMatchObject({ failure: { type: 'permanent', nonRetryable: true } })
  })
})

it('a write that an earlier attempt may have done is not believed refused', async () => {
  const { attemptAt, crash } = activity('CreateClass')
  crash()
  expect(await attemptAt([])).toMatchObject({ failure: { type: 'ambiguous', nonRetryable: true } })
})

it('a deletion after a refusal is one that may have been done, whatever ends its worker then', async () => {
  const { attemptAt } = activity('DeleteMedia')
  await attemptAt([])
  answer = () => {
    throw new VodError({ action: 'DeleteMedia', code: 'ClientError.Timeout', problem: 'no answer' })
  }
  expect(await attemptAt(['DeleteMedia'])).toMatchObject({ failure: { nonRetryable: false } })
  answer = () => {
    throw new VodError({ action: 'DeleteMedia', code: 'ResourceNotFound.FileNotExist', problem: 'gone' })
  }
  expect(await attemptAt(['DeleteMedia'])).toMatchObject({ result: {} })
})
