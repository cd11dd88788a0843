import { ApplicationFailure } from '@temporalio/common'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readAtOnce as readAtOnceOf } from '../../src/activities/localRead.js'
import type { ReadInput, ReadResult } from '../../src/contract/activities.js'
import type { TaskReading } from '../../src/contract/outcome.js'
import { callsPerSecond } from '../../src/contract/rates.js'

const look: ReadInput = { account: 'default', TaskId: 'task', waits: [1], lag: [1], untilTerminal: true }
const seen = (Status: string, unknown = 0): ReadResult => ({
  kind: 'seen',
  reading: { Status, counts: { unknown } } as TaskReading,
  requestId: 'request',
})
const ended = seen('FINISH')
const elsewhere = { type: 'ReadElsewhere' }

const readAtOnce = (read: Parameters<typeof readAtOnceOf>[0]) => readAtOnceOf(read, () => 'run')

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

it('from a worker that has no accounts', async () => {
  await expect(readAtOnce(undefined)(look)).rejects.toMatchObject(elsewhere)
})

it('when this process has read enough in a second; each account has its own', async () => {
  const read = readAtOnce(async () => ended)
  for (let reads = 0; reads < callsPerSecond.read; reads++) expect(await read(look)).toBe(ended)
  await expect(read(look)).rejects.toMatchObject(elsewhere)
  expect(await read({ ...look, account: 'other' })).toBe(ended)
  vi.advanceTimersByTime(1_000)
  expect(await read(look)).toBe(ended)
})

it('when this process waits for 20 answers, whichever the account', async () => {
  const answers: ((looked: ReadResult) => void)[] = []
  const read = readAtOnce(() => new Promise((answer) => answers.push(answer)))
  const waiting = Array.from({ length: 20 }, (_, number) => read({ ...look, account: String(number % 3) }))
  await expect(read(look)).rejects.toMatchObject(elsewhere)
  for (const answer of answers) answer(ended)
  expect(await Promise.all(waiting)).toHaveLength(20)
  const one = read(look)
  answers.at(-1)?.(ended)
  expect(await one).toBe(ended)
})

it.each<[string, ReadResult]>([
  ['goes on', seen('PROCESSING')],
  ['has ended, and a sub-task of it has not', seen('FINISH', 1)],
  ['is not shown', { kind: 'gone', TaskId: 'task' }],
])('when the task %s: it is asked once, without a wait', async (_, looked) => {
  const asked: ReadInput[] = []
  const read = readAtOnce(async (given) => {
    asked.push(given)
    return looked
  })
  await expect(read(look)).rejects.toMatchObject(elsewhere)
  expect(asked).toEqual([{ ...look, waits: [], lag: [], untilTerminal: false }])
})

it('when one workflow task of a run would write down more than one answer of Temporal holds', async () => {
  const large = { ...ended, requestId: 'x'.repeat(80_000) } as ReadResult
  let run = 'one'
  const read = readAtOnceOf(
    async () => large,
    () => run,
  )
  const told = (account: string) => read({ ...look, account })
  let bytes = 0
  let refused: unknown
  for (let number = 0; refused === undefined; number++) {
    refused = await told(`${number}`).then(
      (looked) => {
        bytes += JSON.stringify(looked).length
      },
      (error) => error,
    )
  }
  expect(refused).toMatchObject(elsewhere)
  expect(bytes).toBeGreaterThan(1_000_000)
  expect(bytes).toBeLessThan(2_000_000)
  run = 'another'
  await told('a')
  run = 'one'
  vi.advanceTimersByTime(10_001)
  await told('a')
})

it('and what VOD refuses, with its own words', async () => {
  const failure = ApplicationFailure.create({ type: 'throttled', message: 'because' })
  const read = readAtOnce(() => Promise.reject(failure))
  for (let reads = 0; reads < 30; reads++) await expect(read(look)).rejects.toBe(failure)
})
