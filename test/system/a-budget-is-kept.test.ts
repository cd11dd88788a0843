import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startRuns } from '../../src/activities/batch/startRuns.js'
import type { BatchRequest } from '../../src/client/index.js'
import type { StartResults } from '../../src/contract/batchActivities.js'
import { outputsAskedFor } from '../../src/vod/doneOutputs.js'
import { type System, startSystem, transcodeOnly } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 50 })
})
afterAll(() => system.close())
afterEach(() => {
  system.vod.faults.clear()
  Object.assign(system.vod.switches, { listingLag: 0, reviewListingLag: 0 })
})

const action = 'ProcessMediaByProcedure'
const clips = (count: number) => Promise.all(Array.from({ length: count }, () => system.media()))
const newId = () => `budget-${Math.random().toString(36).slice(2)}`
const made = (FileIds: readonly string[]) => FileIds.flatMap((FileId) => system.tasksOf(FileId)).length
const over = (FileIds: readonly string[], more: Partial<BatchRequest>): BatchRequest => ({
  source: { FileIds },
  ProcedureName: 'one',
  stopAtFailedPercent: 100,
  ...more,
})
const start = (request: BatchRequest, id = newId()) =>
  system.vodflow.batches.start(request, { workflowId: id })
const hurried = { listings: [50], listingsGiveUp: 300, lag: [50], cancelGrace: 6_000 }

/** Nobody knows whether the request was done. It was; sent again, it is a duplicate. */
const unanswered = { kind: 'errorAfter', action, code: 'InternalError' } as const

describe('maxTasks counts what may have been made', () => {
  const unlisted = () => Object.assign(system.vod.switches, { listingLag: 60_000, reviewListingLag: 60_000 })

  it.each([
    ['one', 1, 3],
    ['one', 1, 4],
    ['two', 2, 5],
  ])(
    'of items that end unknown: template %s, %s tasks each, %s at most',
    async (ProcedureName, each, max) => {
      unlisted()
      system.vod.faults.add(unanswered)
      const FileIds = await clips(8)
      const more = { ProcedureName, skipDone: false, window: 2, maxTasks: max, delays: hurried }
      const { counts } = await (await start(over(FileIds, more))).result()
      const items = Math.floor(max / each)
      expect(counts).toMatchObject({ started: items, tasks: items * each, ended: { unknown: items } })
      expect(made(FileIds)).toBe(items * each)
    },
  )

  it('of items of which the listing shows half', async () => {
    Object.assign(system.vod.switches, { reviewListingLag: 60_000 })
    system.vod.faults.add(unanswered)
    const FileIds = await clips(6)
    const more = { ProcedureName: 'two', skipDone: false, window: 3, maxTasks: 4, delays: hurried }
    const { counts } = await (await start(over(FileIds, more))).result()
    expect(counts).toMatchObject({ started: 2, tasks: 4, ended: { unknown: 2 } })
    expect(made(FileIds)).toBe(4)
  })

  it('of items whose submit somebody failed, and whose run was canceled after it had sent', async () => {
    system.vod.faults.add(
      { kind: 'loseReply', action, times: 3 },
      { kind: 'slow', action, delay: 2_000, times: 6 },
    )
    const FileIds = await clips(6)
    const batch = await start(over(FileIds, { window: 3, maxTasks: 3, skipDone: false, delays: hurried }))
    await expect.poll(() => made(FileIds), { interval: 50 }).toBe(3)
    system.vod.faults.add({ kind: 'error', action, code: 'InternalError' })
    const { client } = system.vodflow
    const runs = FileIds.slice(0, 3).map((FileId) =>
      client.workflow.getHandle(`${batch.workflowId}/${FileId}`),
    )
    const [failed] = runs
    // The second send of it is on the wire.
    const pending = async () => (await failed?.describe())?.raw.pendingActivities?.[0]
    const onTheWire = async () => {
      const call = await pending()
      return call?.activityId === '2' && Boolean(call.lastStartedTime)
    }
    await expect.poll(onTheWire, { interval: 50 }).toBe(true)
    await client.workflowService.respondActivityTaskFailedById({
      namespace: 'default',
      workflowId: failed?.workflowId ?? '',
      activityId: (await pending())?.activityId ?? '',
      failure: { message: 'by hand', applicationFailureInfo: { nonRetryable: true } },
    })
    for (const run of runs) await run.cancel()
    const { counts, stopped } = await batch.result()
    expect(counts).toMatchObject({ started: 3, tasks: 3, ended: { canceled: 3 } })
    expect(stopped).toContain('3 tasks')
    expect(made(FileIds)).toBe(3)
  })

  it('and not what certainly was not', async () => {
    system.vod.faults.add({ kind: 'error', action, code: 'InvalidParameterValue.ProcedureName', times: 4 })
    const FileIds = await clips(8)
    const { counts } = await (
      await start(over(FileIds, { window: 2, maxTasks: 3, skipDone: false }))
    ).result()
    expect(counts).toMatchObject({ started: 7, tasks: 3, ended: { refused: 4, succeeded: 3 } })
    system.vod.faults.add({ kind: 'error', action, code: 'RequestLimitExceeded' })
    const more = await clips(4)
    const batch = await start(over(more, { window: 2, maxTasks: 2, skipDone: false }))
    await expect.poll(async () => (await batch.progress())?.running).toBe(2)
    for (const FileId of more.slice(0, 2))
      await system.vodflow.client.workflow.getHandle(`${batch.workflowId}/${FileId}`).cancel()
    await expect.poll(async () => (await batch.progress())?.counts.ended.canceled).toBe(2)
    system.vod.faults.clear()
    expect((await batch.result()).counts).toMatchObject({ started: 4, tasks: 2, ended: { succeeded: 2 } })
    expect(made(more)).toBe(2)
  })
})

describe('a retried start tells of its own effects as its own', () => {
  const template = { TaskTypes: ['Procedure'], outputs: outputsAskedFor(transcodeOnly), UpdateTime: '' }

  /** What two attempts of one activity say, and what happens in between. */
  async function twice(between: (FileIds: readonly string[]) => Promise<void>, position = 40) {
    const FileIds = await clips(3)
    const since = Date.now()
    // The batch has to be there, and open.
    const { client } = system.vodflow
    const batch = await start(
      over(await clips(1), {
        window: 1,
        maxTasksPerDay: 1,
        source: { FileIds: ['404', await system.media(), await system.media()] },
      }),
    )
    const { workflowId } = batch
    const { runId } = await client.workflow.getHandle(workflowId).describe()
    const environment = () =>
      new MockActivityEnvironment({ workflowExecution: { workflowId, runId } }, { client })
    const activity = startRuns({
      clientFor: () => system.vodClient,
      macKeys: system.macKeys,
      allow: [],
      keepSwept: () => {},
    })
    const input = { source: { FileIds: [] }, ProcedureName: 'one', skipDone: true }
    const part = { input, template, FileIds, position, since }
    const first = await environment().run(activity, part)
    expect(first).toMatchObject({ started: FileIds, skipped: [] })
    await between(FileIds)
    const second: StartResults = await environment().run(activity, part)
    const later: StartResults = await environment().run(activity, { ...part, position: position + 20 })
    await batch.stop('enough')
    return { FileIds, second, later }
  }
  const finished = (FileIds: readonly string[]) =>
    expect
      .poll(() => FileIds.every((FileId) => system.tasksOf(FileId)[0]?.Status === 'FINISH'), {
        timeout: 60_000,
      })
      .toBe(true)

  it('while they go on', async () => {
    system.vod.faults.add({ kind: 'error', action, code: 'RequestLimitExceeded' })
    const { FileIds, second, later } = await twice(async () => {})
    expect(second).toMatchObject({ started: FileIds, ended: [], skipped: [], repeated: [] })
    expect(later).toMatchObject({ started: [], repeated: FileIds })
  })

  it('when the media have their outputs by now', async () => {
    const { FileIds, second, later } = await twice(finished)
    const told = [...second.started, ...second.ended.map(({ FileId }) => FileId)]
    expect(new Set(told)).toEqual(new Set(FileIds))
    expect(second).toMatchObject({ skipped: [], missing: [], repeated: [] })
    expect(later).toMatchObject({ started: [], ended: [], skipped: [], repeated: FileIds })
  })

  it('when the media are gone by now', async () => {
    const { FileIds, second } = await twice(async (ids) => {
      await finished(ids)
      for (const FileId of ids) await system.vodClient.call('DeleteMedia', { FileId })
    })
    const told = [...second.started, ...second.ended.map(({ FileId }) => FileId)]
    expect(new Set(told)).toEqual(new Set(FileIds))
    expect(second).toMatchObject({ skipped: [], missing: [] })
  })
})

it('a batch that is reset counts what its undone part had started, also in other portions', async () => {
  const FileIds = await clips(30)
  const request = over(FileIds, { window: 10, maxTasks: 20, skipDone: false })
  const batch = await start(request)
  expect((await batch.result()).counts).toMatchObject({ started: 20, tasks: 20 })
  const { client } = system.vodflow
  const { events } = await client.workflow.getHandle(batch.workflowId).fetchHistory()
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes)
  const { runId } = await client.workflow.getHandle(batch.workflowId).describe()
  // In the middle of it, without the words of the runs that have ended since: they are looked at anew.
  await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: batch.workflowId, runId },
    reason: 'a test',
    requestId: newId(),
    workflowTaskFinishEventId: tasks[2]?.eventId ?? null,
  })
  const report = await client.workflow.getHandle(batch.workflowId).result()
  expect(report.counts).toMatchObject({ started: 20, tasks: 20, repeated: 0 })
  expect(made(FileIds)).toBe(20)
})

describe('a batch that is canceled', () => {
  it.each([1, 5, 25])('begins none of %s items once VOD answers what it was asked before', async (count) => {
    system.vod.faults.add({ kind: 'slow', action: 'DescribeMediaInfos', delay: 1_500 })
    const FileIds = await clips(count)
    const before = system.vod.books().calls.filter((call) => call.action === 'DescribeMediaInfos').length
    const batch = await start(over(FileIds, { window: 25 }))
    const { client } = system.vodflow
    const handle = client.workflow.getHandle(batch.workflowId)
    const asking = async () =>
      ((await handle.describe()).raw.pendingActivities ?? []).some(
        ({ activityType, lastStartedTime }) => activityType?.name === 'startRuns' && lastStartedTime,
      )
    await expect.poll(asking, { interval: 50 }).toBe(true)
    await handle.cancel()
    const end = await handle.result().catch((error) => error)
    expect((await handle.describe()).status.name).toBe('CANCELLED')
    expect(end.cause?.name).toBe('CancelledFailure')
    const answered = () => system.vod.books().calls.filter((call) => call.action === 'DescribeMediaInfos')
    await expect.poll(() => answered().length).toBeGreaterThan(before)
    // What that answer would have begun is begun before this is over.
    system.vod.faults.clear()
    const fence = await clips(1)
    expect((await (await start(over(fence, {}))).result()).counts).toMatchObject({ started: 1 })
    for (const FileId of FileIds)
      await expect(client.workflow.getHandle(`${batch.workflowId}/${FileId}`).describe()).rejects.toThrow(
        'not found',
      )
  })
})
