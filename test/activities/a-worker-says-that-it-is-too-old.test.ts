import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, it } from 'vitest'
import { createActivities } from '../../src/activities/index.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import type { VodClient } from '../../src/vod/client.js'

const { default: anything } = createActivities({
  clientFor: () => ({ knows: () => false }) as unknown as VodClient,
  macKeys: parseMacKeys(`k1:${'x'.repeat(32)}`),
  allow: [],
  keepSwept: () => {},
}) as unknown as { default: () => Promise<unknown> }

it('an activity of ours that this worker does not know is tried again, until a newer worker is there', async () => {
  const environment = new MockActivityEnvironment({ activityType: 'readWhatIsToCome' })
  await expect(environment.run(anything)).rejects.toMatchObject({
    type: 'WorkerTooOld',
    nonRetryable: false,
    message: expect.stringContaining('update it'),
  })
})
