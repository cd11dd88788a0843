import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CancelSummary } from '../../src/contract/progress.js'
import { delays } from '../support/canceling.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 60_000, reviewTime: 60_000, waitingTime: 8_000 })
})
afterAll(() => system.close())

it('a task that has not begun is aborted at VOD', async () => {
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'two' })
  await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
  await run.cancel()
  await expect(run.result()).rejects.toThrow(/canceled/)
  expect(system.tasksOf(FileId).map(({ Status }) => Status)).toEqual(['ABORTED', 'ABORTED'])
  const stopped = system.tasksOf(FileId).map(({ TaskId }) => TaskId)
  const { memo } = await system.vodflow.client.workflow.getHandle(run.workflowId).describe()
  const canceled = { stopped, ended: [], left: [], submitUnanswered: false }
  expect(memo?.['vodflow.canceled']).toEqual(canceled)
  const progress = await run.progress()
  expect(progress).toMatchObject({ phase: 'settled', canceled })
  expect(progress?.outcome).toBeUndefined()
})

it('a task that has begun goes on, and the run says so', async () => {
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' }, { delays: { lag: [50] } })
  await expect.poll(() => system.tasksOf(FileId)[0]?.Status).toBe('PROCESSING')
  await run.cancel()
  await expect(run.result()).rejects.toThrow(/canceled/)
  const { memo, status } = await system.vodflow.client.workflow.getHandle(run.workflowId).describe()
  expect(status.name).toBe('CANCELLED')
  expect(memo?.['vodflow.canceled']).toMatchObject({
    stopped: [],
    left: [system.tasksOf(FileId)[0]?.TaskId],
  })
})

it('a submit in flight is awaited, and what it made is aborted', async () => {
  const FileId = await system.media()
  system.vod.faults.add({ kind: 'slow', action: 'ProcessMediaByProcedure', delay: 1_500, times: 1 })
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  await expect.poll(async () => (await run.progress())?.phase).toBe('submitting')
  await run.cancel()
  await expect(run.result()).rejects.toThrow(/canceled/)
  expect(system.tasksOf(FileId).map(({ Status }) => Status)).toEqual(['ABORTED'])
})

it('an event of an aborted task ends a run that was not canceled as aborted', async () => {
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  await expect.poll(() => system.tasksOf(FileId).length).toBe(1)
  await system.vodClient.call('ManageTask', {
    TaskId: system.tasksOf(FileId)[0]?.TaskId ?? '',
    OperationType: 'Abort',
  })
  expect(await run.result()).toMatchObject({ status: 'aborted' })
})

it('a repair that VOD throttles is not sent after a cancel, and what the first attempt made is told', async () => {
  const quick = await startSystem({ media: 'instant', taskTime: 20 })
  try {
    const Name = 'three'
    const TranscodeTaskSet = [{ Definition: 100010 }, { Definition: 100020 }]
    await quick.vodClient.call('CreateProcedureTemplate', { Name, MediaProcessTask: { TranscodeTaskSet } })
    quick.vod.faults.add(
      { kind: 'failSubTask', Type: 'Transcode', code: 'InternalError', times: 1 },
      { kind: 'error', action: 'ProcessMedia', code: 'RequestLimitExceeded' },
    )
    const FileId = await quick.media()
    const run = await quick.vodflow.process({ FileId, ProcedureName: Name }, { onPartial: 'repair' })
    const refused = () => quick.vod.books().calls.filter(({ code }) => code === 'RequestLimitExceeded').length
    await expect.poll(refused).toBeGreaterThan(0)
    await run.cancel()
    const error = await run.result().catch((error) => error)
    expect(error).toMatchObject({
      name: 'RunCanceledError',
      canceled: {
        stopped: [],
        ended: quick.tasksOf(FileId).map(({ TaskId }) => TaskId),
        left: [],
        submitUnanswered: false,
      },
    })
    expect(quick.tasksOf(FileId)).toHaveLength(1)
  } finally {
    await quick.close()
  }
})

it('task flows that a split has started by the time of the cancel are aborted too', async () => {
  const quick = await startSystem({ media: 'instant', taskTime: 20, waitingTime: 1_500 })
  try {
    quick.vod.faults.add({ kind: 'dropCallback' })
    const FileId = await quick.media()
    const Segments = [
      { StartTimeOffset: 0, EndTimeOffset: 2, ProcedureName: 'one' },
      { StartTimeOffset: 2, ProcedureName: 'two' },
    ]
    const workflowId = 'split'
    const handle = await quick.vodflow.client.workflow.start('splitMedia', {
      workflowId,
      taskQueue: 'vodflow',
      args: [{ request: { FileId, Segments }, delays }],
    })
    const flows = () => quick.vod.books().tasks.filter(({ TaskType }) => TaskType !== 'SplitMedia')
    await expect.poll(() => flows().length, { interval: 50 }).toBe(3)
    await handle.cancel()
    await handle.result().catch(() => {})
    const said = (await handle.describe()).memo?.['vodflow.canceled'] as CancelSummary
    const [split] = quick.vod.books().tasks.filter(({ TaskType }) => TaskType === 'SplitMedia')
    expect(said).toMatchObject({ ended: [split?.TaskId], left: [], submitUnanswered: false })
    expect(new Set(said.stopped)).toEqual(new Set(flows().map(({ TaskId }) => TaskId)))
    expect(flows().map(({ Status }) => Status)).toEqual(['ABORTED', 'ABORTED', 'ABORTED'])
  } finally {
    await quick.close()
  }
})
