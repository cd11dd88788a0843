import { Runtime } from '@temporalio/worker'
import { afterEach, expect, it, vi } from 'vitest'
import { observeReads } from '../../src/worker/observe.js'

afterEach(() => vi.restoreAllMocks())

it.each([
  ['an account of the worker', 'default', 'default'],
  ['an account that it does not know', 'elsewhere', 'other'],
  ['a long text', 'x'.repeat(1_000_000), 'other'],
  ['the name of a member of every object', 'constructor', 'other'],
  ['no text', 7, 'other'],
])('the account of a read, which others have given, is %s', async (_, account, label) => {
  const labels: unknown[] = []
  const metricMeter = {
    createHistogram: () => ({ record: (_: number, given: object) => labels.push(given) }),
  }
  vi.spyOn(Runtime, 'instance').mockReturnValue({ metricMeter } as unknown as Runtime)
  const info = { activityType: 'DescribeTaskDetail', currentAttemptScheduledTimestampMs: Date.now() }
  const { inbound } = observeReads(['default'])({ info } as never)
  await inbound?.execute?.({ args: [{ account }], headers: {} }, async () => undefined)
  expect(labels).toEqual([{ account: label, rate: 'read' }])
})
