import type { Client } from '@temporalio/client'
import { type ApplicationFailure, defaultPayloadConverter } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { createActivities } from '../../src/activities/index.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import { createVodClient, type VodClient } from '../../src/vod/client.js'

const vod = createVodClient({ credentials: { secretId: 'AKIDEXAMPLE', secretKey: 'k' } })
let sent: string[] = []
beforeEach(() => {
  sent = []
})
const client: VodClient = {
  ...vod,
  send: async (action) => {
    sent.push(action)
    return { RequestId: 'r' }
  },
}

const temporal = {
  withAbortSignal: (_: AbortSignal, ask: () => unknown) => ask(),
  options: {
    namespace: 'default',
    loadedDataConverter: { payloadConverter: defaultPayloadConverter, payloadCodecs: [] },
  },
  workflowService: { recordActivityTaskHeartbeat: async () => ({}) },
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
      const environment = new MockActivityEnvironment(info, { client: temporal })
      environment.on('heartbeat', (details) => {
        heartbeatDetails = details
      })
      const macKeys = parseMacKeys(`k1:${'x'.repeat(32)}`)
      const activities = createActivities({ clientFor: () => client, macKeys, allow, keepSwept: () => {} })
      return environment.run(activities.default, { account: 'default', request: {} }).then(
        (result) => ({ result }),
        (failure: ApplicationFailure) => ({ failure }),
      )
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

it('a write that an earlier attempt may have done is not believed refused', async () => {
  const { attemptAt, crash } = activity('CreateClass')
  crash()
  expect(await attemptAt([])).toMatchObject({ failure: { type: 'ambiguous', nonRetryable: true } })
})
