import { randomUUID } from 'node:crypto'
import Long from 'long'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sweepIdOf, sweepType } from '../../src/contract/sweep.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 200, reviewTime: 200 })
})
afterEach(() => {
  system.vod.faults.clear()
  Object.assign(system.vod.switches, {
    reviewWithoutSessionId: false,
    listingLag: 0,
    reviewListingLag: 0,
    dedupBeforeValidation: false,
  })
})
afterAll(() => system.close())

const delays = { listings: [200] }

describe('a submit whose answer was lost', () => {
  it.each(['one', 'two'])('makes no second task, and finds those of template %s', async (ProcedureName) => {
    const FileId = await system.media()
    system.vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 })
    const outcome = await (await system.vodflow.process({ FileId, ProcedureName }, { delays })).result()
    expect(outcome).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
    expect(system.tasksOf(FileId)).toHaveLength(ProcedureName === 'two' ? 2 : 1)
  })

  it.each(['one', 'two'])(
    'after a refusal finds the tasks of template %s, though VOD calls the next send a duplicate',
    async (ProcedureName) => {
      const FileId = await system.media()
      const action = 'ProcessMediaByProcedure'
      const code = 'InvalidParameterValue.FileId'
      // The second send makes the task, and whoever stands in between sends it again.
      system.vod.faults.add(
        { kind: 'error', action, code, times: 1 },
        { kind: 'errorAfter', action, code, times: 1 },
      )
      const outcome = await (
        await system.vodflow.process(
          { FileId, ProcedureName },
          { delays: { ...delays, refusals: [10, 10, 10] } },
        )
      ).result()
      expect(outcome).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
      expect(system.tasksOf(FileId)).toHaveLength(ProcedureName === 'two' ? 2 : 1)
    },
  )

  it('finds the review task too when it lags in the listing and does not echo the SessionId', async () => {
    const FileId = await system.media('please-block')
    Object.assign(system.vod.switches, {
      reviewWithoutSessionId: true,
      listingLag: 300,
      reviewListingLag: 2_000,
    })
    system.vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 })
    const outcome = await (
      await system.vodflow.process({ FileId, ProcedureName: 'two' }, { delays })
    ).result()
    expect(outcome).toMatchObject({ status: 'succeeded', moderation: { Suggestion: 'block' } })
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  it('is not believed to be refused when the template is gone by the second send', async () => {
    const FileId = await system.media()
    const template = { Name: 'vanishing', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }
    await system.vodClient.call('CreateProcedureTemplate', template)
    system.vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 })
    // However slow this machine is, nothing reads the template before it is gone.
    const throttled = { action: 'DescribeProcedureTemplates', code: 'RequestLimitExceeded' }
    system.vod.faults.add({ kind: 'error', ...throttled })
    const run = await system.vodflow.process(
      { FileId, ProcedureName: 'vanishing' },
      { delays: { ...delays, listingsGiveUp: 1_000 } },
    )
    await expect.poll(() => system.tasksOf(FileId).length).toBe(1)
    await system.vodClient.call('DeleteProcedureTemplate', { Name: 'vanishing' })
    system.vod.faults.clear()
    // Nobody can say any more which tasks the template asked for, so this is not a success either.
    expect(await run.result()).toMatchObject({ status: 'unknown', TaskId: system.tasksOf(FileId)[0]?.TaskId })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('finds them by its token where there is no FileId to list by', async () => {
    const MediaStoragePath = `/dir/${'long-'.repeat(100)}name.mp4`
    const FileId = await system.media('by-path', MediaStoragePath)
    system.vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 })
    const outcome = await (
      await system.vodflow.process(
        { MediaStoragePath, ProcedureName: 'two' },
        { delays, key: 'by-path', workflowId: 'by-path' },
      )
    ).result()
    expect(outcome).toMatchObject({ status: 'succeeded', FileId, attempts: [{ recovered: true }] })
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  it.each(['callback', 'sweep'])(
    'of media in a storage path that no listing shows ends when a %s names its task',
    async (net) => {
      const MediaStoragePath = `/films/${net}.mp4`
      await system.media('film', MediaStoragePath)
      Object.assign(system.vod.switches, { listingLag: 60_000 })
      const lost = net === 'sweep' ? [{ kind: 'dropCallback' } as const] : []
      system.vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 }, ...lost)
      const run = await system.vodflow.process(
        { MediaStoragePath, ProcedureName: 'one' },
        { delays: { listings: [100], listingsGiveUp: 300 } },
      )
      if (net === 'sweep') {
        await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
        Object.assign(system.vod.switches, { listingLag: 0 })
        await system.vodflow.client.workflow.start(sweepType, {
          workflowId: sweepIdOf({ account: 'default' }),
          taskQueue: 'vodflow',
          args: [{ account: 'default', times: { interval: 200, gracePeriod: 0 } }],
        })
      }
      const outcome = await run.result()
      if (net === 'sweep')
        await system.vodflow.client.workflow.getHandle(sweepIdOf({ account: 'default' })).terminate()
      const made = system.vod.books().tasks.filter(({ TaskId }) => TaskId === outcome.TaskId)
      expect(outcome).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
      expect(made).toHaveLength(1)
    },
  )

  it('is unknown, and not sent under another SessionId, when no listing shows its tasks', async () => {
    const FileId = await system.media()
    Object.assign(system.vod.switches, { listingLag: 60_000 })
    system.vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 })
    const run = await system.vodflow.process(
      { FileId, ProcedureName: 'one' },
      { delays: { ...delays, listingsGiveUp: 1_000 } },
    )
    const outcome = await run.result()
    expect(outcome.status).toBe('unknown')
    expect(outcome).not.toHaveProperty('TaskId')
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })
})

it.each(['InternalError', 'FailedOperation', 'RequestLimitExceeded', 'ServiceUnavailable'])(
  '%s is sent again with the same SessionId',
  async (code) => {
    const FileId = await system.media()
    const before = system.vod.books().calls.length
    system.vod.faults.add({ kind: 'error', action: 'ProcessMediaByProcedure', code, times: 1 })
    const run = await system.vodflow.process({ FileId, ProcedureName: 'one' }, { delays })
    expect(await run.result()).toMatchObject({ status: 'succeeded', attempts: [{ recovered: false }] })
    const submits = system.vod
      .books()
      .calls.slice(before)
      .filter(({ action }) => action === 'ProcessMediaByProcedure')
    expect(submits.map((call) => call.code)).toEqual([code, ''])
    expect(new Set(submits.map(({ SessionId }) => SessionId)).size).toBe(1)
  },
)

it('a permanent error after throttling alone is believed: nothing was made', async () => {
  const FileId = await system.media()
  system.vod.faults.add({
    kind: 'error',
    action: 'ProcessMediaByProcedure',
    code: 'RequestLimitExceeded',
    times: 2,
  })
  const run = await system.vodflow.process({ FileId, ProcedureName: 'no-such-template' }, { delays })
  await expect(run.result()).rejects.toThrow(/InvalidParameterValue.ProcedureName/)
})

it('asking twice makes one run, whoever asks', async () => {
  const FileId = await system.media()
  const runs = await Promise.all(
    Array.from({ length: 5 }, () => system.vodflow.process({ FileId, ProcedureName: 'one' })),
  )
  expect(new Set(runs.map(({ chain }) => chain)).size).toBe(1)
  await Promise.all(runs.map((run) => run.result()))
  expect(system.tasksOf(FileId)).toHaveLength(1)
})

it('a rerun makes a second task, on purpose', async () => {
  const FileId = await system.media()
  const request = { FileId, ProcedureName: 'one' }
  await (await system.vodflow.process(request)).result()
  const again = await system.vodflow.rerun(request, { reason: 'the watermark was wrong' })
  expect(await again.result()).toMatchObject({ status: 'succeeded' })
  expect(new Set(system.tasksOf(FileId).map(({ SessionId }) => SessionId)).size).toBe(2)
})

it('a reset to before the submit finds the task that was made', async () => {
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' }, { delays })
  await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
  const { client } = system.vodflow
  await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: run.workflowId },
    reason: 'a test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: Long.fromNumber(4),
  })
  expect(await run.result()).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
  expect(system.tasksOf(FileId)).toHaveLength(1)
})
