import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EmulatorOptions } from '../../src/emulator/index.js'
import { codeOf, finished, type Rig, startRig } from './rig.js'

let rig: Rig
/** An empty queue is held for less than the real one's 5 s, except where the hold itself is tested. */
const open = async (options: Partial<EmulatorOptions> = { pullHold: 200 }) => {
  rig = await startRig({ switches: { ignoreSkew: true }, ...options })
  await rig.call('ModifyEventConfig', { Mode: 'PULL', NotificationUrl: 'http://127.0.0.1:9/never' })
}
beforeEach(() => open())
afterEach(() => rig.close())

async function reopenAsTheRealOne(): Promise<void> {
  await rig.close()
  await open({})
}

async function jobs(count: number): Promise<void> {
  const FileId = await rig.empty()
  const request = { FileId, ProcedureName: 'LongVideoPreset' }
  for (let n = 0; n < count; n++) {
    const { TaskId } = await rig.call('ProcessMediaByProcedure', request)
    await finished(rig.call, TaskId)
  }
}

const handlesOf = ({ EventSet }: { EventSet: { EventHandle: string }[] }) =>
  EventSet.map(({ EventHandle }) => EventHandle)

test('an empty queue is held for 5 s, then an error that says "no event"', async () => {
  await reopenAsTheRealOne()
  const began = Date.now()
  await expect(rig.call('PullEvents')).rejects.toMatchObject({
    code: 'ResourceNotFound',
    message: expect.stringContaining('no event'),
  })
  expect(Date.now() - began).toBeGreaterThan(4_900)
})

test('a call that waits gets the event when it comes', async () => {
  await reopenAsTheRealOne()
  const waiting = rig.call('PullEvents')
  await jobs(1)
  expect((await waiting).EventSet).toMatchObject([
    { EventType: 'ProcedureStateChanged', ProcedureStateChangeEvent: { Status: 'FINISH' } },
  ])
  expect(rig.books().callbacks).toEqual([])
})

test('at most 16 at once; a confirmed one never comes again', async () => {
  await jobs(18)
  const first = await rig.call('PullEvents')
  expect(first.EventSet).toHaveLength(16)
  await rig.call('ConfirmEvents', { EventHandles: handlesOf(first) })
  const second = await rig.call('PullEvents')
  expect(second.EventSet).toHaveLength(2)
  rig.clock.advance(31_000)
  expect(handlesOf(await rig.call('PullEvents'))).toEqual(handlesOf(second))
})

test('what is not confirmed comes again after 30 s, and cannot be confirmed late', async () => {
  await jobs(1)
  const first = await rig.call('PullEvents')
  rig.clock.advance(20_000)
  expect(await codeOf(rig.call('PullEvents'))).toBe('ResourceNotFound')
  rig.clock.advance(11_000)
  expect(await codeOf(rig.call('ConfirmEvents', { EventHandles: handlesOf(first) }))).toBe(
    'InvalidParameterValue',
  )
  expect((await rig.call('PullEvents')).EventSet).toEqual(first.EventSet)
  await rig.call('ConfirmEvents', { EventHandles: handlesOf(first) })
})

test('events are kept for four days', async () => {
  await jobs(1)
  rig.clock.advance(4 * 86_400_000 + 1000)
  expect(await codeOf(rig.call('PullEvents'))).toBe('ResourceNotFound')
})
