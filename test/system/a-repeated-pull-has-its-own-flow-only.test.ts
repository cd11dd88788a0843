import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Long from 'long'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { type System, startSystem } from '../support/system.js'

let system: System
let MediaUrl: string
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 200 })
  const file = join(tmpdir(), `vodflow-pulled-${process.pid}.mp4`)
  await writeFile(file, '')
  MediaUrl = pathToFileURL(file).href
})
afterEach(() => {
  system.vod.faults.clear()
  system.vod.clock.set(Date.now())
})
afterAll(() => system.close())

const delays = { listings: [100, 300], listingsGiveUp: 5_000, lag: [100] }
const taskQueue = 'vodflow'
const workflow = () => system.vodflow.client.workflow
const booked = () => system.vod.books().tasks.length

async function pulled(onPartial: 'accept' | 'repair'): Promise<{ workflowId: string; outcome: Outcome }> {
  const workflowId = `pull-${Math.random()}`
  const input = { request: { MediaUrl, MediaName: 'film', Procedure: 'one' }, onPartial, delays }
  const outcome = (await workflow().execute('pullUpload', {
    workflowId,
    taskQueue,
    args: [{ onFailure: 'return', ...input }],
  })) as Outcome
  return { workflowId, outcome }
}

/** Begins the run again, before its submit. */
async function again(workflowId: string): Promise<Outcome> {
  const { namespace } = system.vodflow.client.options
  await system.vodflow.client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId },
    reason: 'an operator',
    requestId: `${Math.random()}`,
    workflowTaskFinishEventId: Long.fromNumber(4),
  })
  return workflow().getHandle(workflowId).result() as Promise<Outcome>
}

/** What is made of the new file after the pull, and fails. */
const others: Readonly<Record<string, (FileId: string) => Promise<void>>> = {
  async 'another step'(FileId) {
    const workflowId = `other-${Math.random()}`
    const args = [{ request: { FileId, ProcedureName: 'two' }, onFailure: 'return' }]
    await workflow().execute('processMediaByProcedure', { workflowId, taskQueue, args })
  },
  async 'another program'(FileId) {
    await system.vodClient.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'two' })
    await expect.poll(() => system.tasksOf(FileId).every(({ Status }) => Status === 'FINISH')).toBe(true)
  },
  async 'another program, with a SessionId'(FileId) {
    const SessionId = `theirs-${Math.random()}`
    await system.vodClient.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'two', SessionId })
    await expect.poll(() => system.tasksOf(FileId).every(({ Status }) => Status === 'FINISH')).toBe(true)
  },
}

describe.each(Object.keys(others))('after %s has made more of the file', (other) => {
  it.each(['accept', 'repair'] as const)(
    'a reset of the pull says the same, and pays nothing: %s',
    async (onPartial) => {
      const { workflowId, outcome } = await pulled(onPartial)
      expect(outcome).toMatchObject({ status: 'succeeded', tasks: [{}, {}] })
      system.vod.faults.add({ kind: 'failSubTask', Type: '*', code: 'InternalError' })
      await others[other]?.(outcome.FileId ?? '')
      system.vod.faults.clear()
      const before = booked()
      const repeated = await again(workflowId)
      const { status, newFileIds, moderation } = repeated
      expect({ status, newFileIds, moderation }).toEqual({
        status: 'succeeded',
        newFileIds: outcome.newFileIds,
        moderation: undefined,
      })
      expect(repeated.tasks.map(({ TaskType }) => TaskType)).toEqual(['PullUpload', 'Procedure'])
      expect(repeated.tasks[1]?.TaskId).toBe(outcome.tasks[1]?.TaskId)
      expect(booked()).toBe(before)
    },
  )
})

it('under a key, the media of the first pull is the one, not a copy with its SourceContext', async () => {
  const idempotencyKey = `order-${Math.random()}`
  const start = () =>
    workflow().execute('pullUpload', {
      workflowId: `keyed-${Math.random()}`,
      taskQueue,
      args: [{ request: { MediaUrl, MediaName: 'film' }, idempotencyKey, delays }],
    }) as Promise<Outcome>
  const first = await start()
  const { MediaInfoSet } = await system.vodClient.call('DescribeMediaInfos', { FileIds: first.newFileIds })
  const [media] = MediaInfoSet as unknown as [{ BasicInfo: { SourceInfo: { SourceContext: string } } }]
  const { SourceContext } = media.BasicInfo.SourceInfo
  // VOD dates media in seconds: a copy is younger.
  system.vod.clock.advance(2_000)
  const { TaskId } = await system.vodClient.call('PullUpload', {
    MediaUrl,
    MediaName: 'another',
    SourceContext,
  })
  await expect
    .poll(async () => (await system.vodClient.call('DescribeTaskDetail', { TaskId })).Status)
    .toBe('FINISH')
  expect(await start()).toMatchObject({ status: 'succeeded', FileId: first.FileId })
})
