import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { hint, procedureId } from '../support/step.js'
import { startTimeSkipping, type TimeSkipping } from '../support/timeSkipping.js'

const hour = 3_600_000
const input = { request: { FileId: '528', ProcedureName: 'one' } }

let time: TimeSkipping
beforeAll(async () => {
  time = await startTimeSkipping()
})
afterAll(() => time.close())
beforeEach(() => {
  Object.assign(time.vod, {
    endsAfter: Number.POSITIVE_INFINITY,
    submitWaitsFor: Promise.resolve(),
    SessionId: '',
  })
  time.vod.reads.length = 0
})

let runs = 0
const start = (more: object = {}) =>
  time.environment.client.workflow.start('processMediaByProcedure', {
    workflowId: `days-${++runs}`,
    taskQueue: 'vodflow',
    args: [{ ...input, delays: { lookJitter: 0 }, ...more }],
  })

it('without any callback the run ends at its next look, within hours of the task', async () => {
  time.vod.endsAfter = 7 * hour
  const outcome: Outcome = await (await start()).result()
  expect(outcome.status).toBe('succeeded')
  expect(time.vod.reads).toEqual([6, 12])
})

it('a task that never ends is looked at five times, and the run ends unknown after 7 days', async () => {
  const handle = await start()
  const failed = handle.result()
  await expect(failed).rejects.toMatchObject({
    cause: { type: 'MediaUnknown', details: [{ status: 'unknown', TaskId: procedureId }] },
  })
  expect(time.vod.reads.slice(0, 5)).toEqual([6, 12, 24, 48, 70])
  expect(await handle.query('vodflow.progress')).toMatchObject({
    phase: 'settled',
    overdueSince: expect.any(String),
  })
})

it('a callback after 30 hours ends the run then, not at the next look', async () => {
  time.vod.endsAfter = 30 * hour
  const handle = await start()
  await time.environment.sleep(30 * hour + 60_000)
  await handle.signal('vodflow.hint', hint(procedureId, { SessionId: time.vod.SessionId }))
  expect(await handle.result()).toMatchObject({ status: 'succeeded' })
  expect(time.vod.reads).toEqual([6, 12, 24, 30])
})

it('a callback that comes before the submit has answered is not lost', async () => {
  time.vod.endsAfter = 0
  let answer = () => {}
  time.vod.submitWaitsFor = new Promise<void>((resolve) => {
    answer = resolve
  })
  const handle = await start()
  await expect.poll(() => time.vod.SessionId).not.toBe('')
  await handle.signal('vodflow.hint', hint(procedureId, { SessionId: time.vod.SessionId }))
  answer()
  expect(await handle.result()).toMatchObject({ status: 'succeeded' })
  expect(time.vod.reads).toEqual([0])
})

it('whatever anybody signals, the run lives on', async () => {
  const handle = await time.environment.client.workflow.start('processMediaByProcedure', {
    workflowId: 'bad-signal-payloads',
    taskQueue: 'vodflow',
    args: [{ ...input, delays: { looks: [1_000], lookJitter: 0 } }],
  })
  for (const payload of [undefined, null, 'x', 7, {}, { v: 2 }, { v: 1, SessionId: 'another' }])
    await handle.signal('vodflow.hint', payload)
  time.vod.endsAfter = 0
  expect(await handle.result()).toMatchObject({ status: 'succeeded' })
})
