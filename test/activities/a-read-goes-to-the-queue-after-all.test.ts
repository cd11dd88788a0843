import { ApplicationFailure } from '@temporalio/common'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readAtOnce } from '../../src/activities/readAtOnce.js'
import type { Look, Looked } from '../../src/activities/types.js'
import { readElsewhere } from '../../src/vod/queues.js'
import { callsPerSecond } from '../../src/vod/rates.js'

const look: Look = { account: 'default', TaskId: 'task', waits: [], lag: [], untilTerminal: false }
const gone: Looked = { kind: 'gone', TaskId: 'task' }
const elsewhere = { type: readElsewhere, nonRetryable: true }

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

it('from a worker that has no accounts', async () => {
  await expect(readAtOnce(undefined)(look)).rejects.toMatchObject(elsewhere)
})

it('when this process has read enough in a second; each account has its own', async () => {
  const read = readAtOnce(async () => gone)
  for (let reads = 0; reads < callsPerSecond.read; reads++) expect(await read(look)).toBe(gone)
  await expect(read(look)).rejects.toMatchObject(elsewhere)
  expect(await read({ ...look, account: 'other' })).toBe(gone)
  vi.advanceTimersByTime(1_000)
  expect(await read(look)).toBe(gone)
})

it.each(['throttled', 'InvalidInput'])('when the failure is of type %s', async (type) => {
  const failing = readAtOnce(() => Promise.reject(ApplicationFailure.create({ type, message: 'because' })))
  await expect(failing(look)).rejects.toMatchObject({
    ...elsewhere,
    message: 'to the queue of reads: because',
  })
})

it('and not for any other failure: Temporal tries it again where it is', async () => {
  const failure = ApplicationFailure.create({ type: 'NotYet', message: 'PROCESSING, 50 %' })
  await expect(readAtOnce(() => Promise.reject(failure))(look)).rejects.toBe(failure)
})
