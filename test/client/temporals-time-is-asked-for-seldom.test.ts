import type { Client } from '@temporalio/client'
import { expect, it, vi } from 'vitest'
import { clockOf } from '../../src/client/temporalClock.js'

/** A server that never lists the poll of the clock. */
function silentServer() {
  const describeTaskQueue = vi.fn(async () => ({ pollers: [] }))
  const client = {
    options: { namespace: 'default' },
    withDeadline: (_: number, ask: () => unknown) => ask(),
    withAbortSignal: (_: AbortSignal, ask: () => unknown) => ask(),
    workflowService: { pollActivityTaskQueue: () => new Promise(() => {}), describeTaskQueue },
  } as unknown as Client
  return { client, describeTaskQueue }
}

it('looks some times a second while its poll is not listed, and asks again only after 30 s', async () => {
  const { client, describeTaskQueue } = silentServer()
  const clock = clockOf(client)
  expect(await Promise.all([clock.now(), clock.now()])).toEqual([undefined, undefined])
  const looks = describeTaskQueue.mock.calls.length
  expect(looks).toBeGreaterThan(1)
  expect(looks).toBeLessThan(50)
  expect(await clock.now()).toBeUndefined()
  expect(describeTaskQueue).toHaveBeenCalledTimes(looks)

  const now = performance.now.bind(performance)
  const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + 30_000)
  expect(await clock.now()).toBeUndefined()
  expect(describeTaskQueue.mock.calls.length).toBeGreaterThan(looks)
  later.mockRestore()
})
