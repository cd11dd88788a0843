import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RunStillOpenError } from '../../src/client/errors.js'
import type { BatchRequest } from '../../src/client/index.js'
import { resetToStart } from '../../src/client/reset.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

let system: System
let folder: string
let filed: Theirs

/** The account of a second worker, which has a folder of ids. */
const account = 'filed'

beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 50 })
  folder = await mkdtemp(join(tmpdir(), 'vodflow-ids-'))
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } =
    system.environment
  filed = await startTheirs(system, 'composed', {
    accounts: { [account]: { endpoint: system.vod.endpoint, credentials: { secretId, secretKey } } },
    macKeys: system.macKeys,
    sweep: false,
    idsFolder: folder,
  })
})
afterAll(async () => {
  await filed.close()
  await system.close()
})

let batch: string
beforeEach(() => {
  batch = `batch-${Math.random().toString(36).slice(2)}`
})

const clips = (count: number, name = 'clip') =>
  Promise.all(Array.from({ length: count }, () => system.media(name)))
const over = (FileIds: readonly string[], more: Partial<BatchRequest> = {}): BatchRequest => ({
  source: { FileIds },
  ProcedureName: 'one',
  ...more,
})
const run = async (request: BatchRequest) =>
  (await system.vodflow.batches.start(request, { workflowId: batch })).result()
const tasksEach = (FileIds: readonly string[]) => FileIds.map((FileId) => system.tasksOf(FileId).length)

describe('each item has one run', () => {
  it('of a list; what it names twice is done once, and what VOD does not have is told', async () => {
    const FileIds = await clips(12)
    const report = await run(over([...FileIds, FileIds[0] as string, '404']))
    expect(report).toMatchObject({
      total: 14,
      counts: { read: 14, started: 12, repeated: 1, missing: 1, tasks: 12, ended: { succeeded: 12 } },
      failures: [],
    })
    expect(new Set(tasksEach(FileIds))).toEqual(new Set([1]))
  })

  it('of a file, read piece by piece', async () => {
    const FileIds = await clips(10)
    await writeFile(join(folder, 'ids.txt'), `# a note\n\n${FileIds.join('\r\n')}`)
    const report = await run({ source: { file: 'ids.txt' }, ProcedureName: 'one', account })
    expect(report.counts).toMatchObject({ read: 10, started: 10, ended: { succeeded: 10 } })
    expect(new Set(tasksEach(FileIds))).toEqual(new Set([1]))
  })

  it('of a search, page by page', async () => {
    const name = `search-${batch}`
    const FileIds = await clips(105, name)
    const search = { NamePrefixes: [name] }
    const report = await run({ source: { search }, ProcedureName: 'one', window: 50 })
    expect(report).toMatchObject({ total: 105, counts: { started: 105, ended: { succeeded: 105 } } })
    expect(new Set(tasksEach(FileIds))).toEqual(new Set([1]))
  })

  it('also when the batch is asked for twice', async () => {
    const FileIds = await clips(5)
    const reports = await Promise.all([run(over(FileIds)), run(over(FileIds))])
    expect(reports[0]).toEqual(reports[1])
    expect(tasksEach(FileIds)).toEqual([1, 1, 1, 1, 1])
  })

  it('an id that belongs to another batch, or to something else, is refused', async () => {
    const FileIds = await clips(2)
    await run(over(FileIds))
    const other = await run(over([...FileIds, '404'])).catch((error) => error)
    expect(other).toMatchObject({ name: 'RequestMismatchError', differences: [{ field: 'source' }] })
    const wider = await run(over(FileIds, { window: 7 })).catch((error) => error)
    expect(wider.differences).toMatchObject([{ field: 'window', was: '100', is: '7' }])
    await system.vodflow.process(
      { FileId: await system.media(), ProcedureName: 'one' },
      { workflowId: `${batch}-run` },
    )
    batch = `${batch}-run`
    await expect(run(over(FileIds))).rejects.toMatchObject({ differences: [{ field: 'workflowType' }] })
  })

  it('also when an answer about what was started is lost', async () => {
    const FileIds = await clips(10)
    system.vod.faults.add({ kind: 'loseReply', action: 'DescribeMediaInfos', times: 2 })
    const report = await run(over(FileIds))
    expect(report.counts).toMatchObject({ started: 10, repeated: 0, ended: { succeeded: 10 } })
    expect(new Set(tasksEach(FileIds))).toEqual(new Set([1]))
  })

  it('also when the batch is reset to its beginning', async () => {
    const FileIds = await clips(8)
    await run(over(FileIds, { skipDone: false }))
    const { client } = system.vodflow
    await resetToStart(client, await client.workflow.getHandle(batch).describe(), 'a test')
    const again = await client.workflow.getHandle(batch).result()
    expect(again.counts).toMatchObject({ ended: { succeeded: 8 } })
    expect(new Set(tasksEach(FileIds))).toEqual(new Set([1]))
  })
})

describe('media that need nothing are passed over', () => {
  it('until the template changes', async () => {
    const template = { Name: 'changing', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }
    await system.vodClient.call('CreateProcedureTemplate', template)
    const FileIds = await clips(3)
    const request = over(FileIds, { ProcedureName: 'changing' })
    await run(request)
    const second = await (await system.vodflow.batches.start(request, { workflowId: `${batch}-2` })).result()
    expect(second.counts).toMatchObject({ skipped: 3, started: 0 })
    const more = { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }] }
    await system.vodClient.call('ResetProcedureTemplate', { ...template, MediaProcessTask: more })
    const third = await (await system.vodflow.batches.start(request, { workflowId: `${batch}-3` })).result()
    expect(third.counts).toMatchObject({ skipped: 0, started: 3 })
  })

  it('unless skipDone is off', async () => {
    const FileIds = await clips(2)
    await run(over(FileIds))
    const report = await (
      await system.vodflow.batches.start(over(FileIds, { skipDone: false }), { workflowId: `${batch}-2` })
    ).result()
    expect(report.counts).toMatchObject({ skipped: 0, started: 2 })
    expect(tasksEach(FileIds)).toEqual([2, 2])
  })
})

describe('what leaves no trace on a media file', () => {
  it('is not passed over by default, nor paid again unasked: the batch says so', async () => {
    const FileIds = await clips(1)
    await expect(run(over(FileIds, { ProcedureName: 'two' }))).rejects.toThrow(
      /skipDone: "two" asks for ReviewAudioVideoTask/,
    )
    expect(tasksEach(FileIds)).toEqual([0])
  })
})

describe('while it runs', () => {
  it('never more than the window, which can be changed; pause, resume', async () => {
    const FileIds = await clips(30)
    system.vod.faults.add({ kind: 'dropCallback' })
    const handle = await system.vodflow.batches.start(
      over(FileIds, { window: 4, delays: { looks: [500, 1_000, 2_000, 4_000], lookJitter: 0 } }),
      { workflowId: batch },
    )
    await expect.poll(async () => (await handle.progress())?.running).toBe(4)
    expect(await handle.pause()).toMatchObject({ status: 'paused', window: 4 })
    await expect.poll(async () => (await handle.progress())?.running).toBe(0)
    const paused = (await handle.progress())?.counts.started ?? 0
    expect(paused).toBeLessThan(30)
    await handle.setWindow(10)
    await handle.resume()
    await expect.poll(async () => (await handle.progress())?.running).toBe(10)
    system.vod.faults.clear()
    expect((await handle.result()).counts.ended.succeeded).toBe(30)
  })

  it('tells how far it is, and when it will be done', async () => {
    const FileIds = await clips(20)
    const handle = await system.vodflow.batches.start(over(FileIds, { window: 5 }), { workflowId: batch })
    await expect.poll(async () => (await handle.progress())?.counts.ended.succeeded).toBeGreaterThan(4)
    const progress = await handle.progress()
    expect(progress).toMatchObject({ total: 20 })
    expect(Date.parse(progress?.eta ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect((await handle.result()).counts.ended.succeeded).toBe(20)
    expect(await handle.progress())?.toMatchObject({ status: 'ended', running: 0 })
  })
})

describe('it stops by itself', () => {
  it('when too many fail, with a report, from which those are done again', async () => {
    const FileIds = await clips(60)
    system.vod.faults.add({
      kind: 'failSubTask',
      Type: 'Transcode',
      code: 'SourceFileError.ContentUnsupported',
      times: 25,
    })
    const report = await run(over(FileIds, { window: 10, stopAtFailedPercent: 20 }))
    expect(report.stopped).toContain('more than 20 %')
    expect(report.counts.started).toBeLessThan(60)
    expect(report.failures.length).toBeGreaterThan(4)
    expect(report.failures[0]).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('ContentUnsupported'),
    })
    system.vod.faults.clear()
    const retried = await system.vodflow.batches.rerunFailed(batch, { reason: 'the codec was added' })
    expect((await retried.result()).counts.ended.succeeded).toBe(report.failures.length)
    for (const id of [batch, retried.workflowId])
      await expect(system.vodflow.batches.rerunFailed(id, { reason: 'again' })).rejects.toThrow(
        `no item of "${retried.workflowId}" ended with the status failed or aborted or refused`,
      )
  })

  it('and is run again once, however often and by however many that is asked for', async () => {
    const FileIds = await clips(3)
    system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError' })
    await run(over(FileIds, { skipDone: false, stopAtFailedPercent: 100 }))
    const again = () => system.vodflow.batches.rerunFailed(batch, { reason: 'the source is fixed' })
    // The first rerun must not end before the last call asks.
    system.vod.faults.add({
      kind: 'error',
      action: 'ProcessMediaByProcedure',
      code: 'RequestLimitExceeded',
    })
    const asked = await Promise.allSettled([again(), again(), again()])
    system.vod.faults.clear()
    system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError' })
    expect(asked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    for (const one of asked)
      if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(RunStillOpenError)
    await system.vodflow.batches.attach(`${batch}/rerun-1`).result()
    expect(FileIds.flatMap((FileId) => system.tasksOf(FileId))).toHaveLength(6)
    system.vod.faults.clear()
    const second = await again()
    expect(second.workflowId).toBe(`${batch}/rerun-2`)
    expect((await second.result()).counts.ended.succeeded).toBe(3)
    await expect(again()).rejects.toThrow('no item of')
  })

  it('before more tasks are made than may be', async () => {
    const FileIds = await clips(30)
    const report = await run(
      over(FileIds, { ProcedureName: 'two', skipDone: false, window: 10, maxTasks: 25 }),
    )
    expect(report).toMatchObject({
      stopped: expect.stringContaining('25'),
      counts: { started: 12, tasks: 24 },
    })
    expect(tasksEach(FileIds).reduce((sum, tasks) => sum + tasks, 0)).toBe(24)
  })

  it('what a run made that failed in part, or was canceled or terminated, counts too', async () => {
    const FileIds = await clips(6)
    system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError', times: 1 })
    const partial = { onPartial: 'fail', ProcedureName: 'two', skipDone: false } as const
    const report = await run(over(FileIds, { ...partial, maxTasks: 8, window: 1, stopAtFailedPercent: 100 }))
    expect(report.counts).toMatchObject({ started: 4, tasks: 8, ended: { partial: 1, succeeded: 3 } })
    system.vod.faults.clear()
    batch = `${batch}-2`
    system.vod.faults.add({ kind: 'dropCallback' })
    const handle = await system.vodflow.batches.start(
      over(FileIds, { maxTasks: 2, window: 2, skipDone: false }),
      { workflowId: batch },
    )
    await expect.poll(async () => (await handle.progress())?.running).toBe(2)
    const runs = FileIds.slice(0, 2).map((FileId) =>
      system.vodflow.client.workflow.getHandle(`${batch}/${FileId}`),
    )
    for (const one of runs) await one.cancel()
    expect(await handle.result()).toMatchObject({
      stopped: expect.stringContaining('2 tasks'),
      counts: { started: 2, tasks: 2, ended: { canceled: 2 } },
    })
    system.vod.faults.clear()
  })

  it('until the next day, when its tasks are made', async () => {
    const FileIds = await clips(6)
    const handle = await system.vodflow.batches.start(over(FileIds, { maxTasksPerDay: 4 }), {
      workflowId: batch,
    })
    await expect.poll(async () => (await handle.progress())?.status).toBe('waiting for the next day')
    expect(await handle.progress())?.toMatchObject({ counts: { started: 4 } })
    await handle.stop('not today')
    expect((await handle.result()).stopped).toBe('not today')
  })
})

describe('a plan', () => {
  it('starts nothing, and counts items, tasks, calls, hours and actions', async () => {
    const FileIds = await clips(25)
    await run(over(FileIds.slice(0, 5)))
    const before = system.vod.books().tasks.length
    const report = await system.vodflow.batches.plan(over([...FileIds, '404']))
    expect(report.plan).toEqual({
      items: 26,
      wouldStart: 20,
      wouldSkip: 5,
      missing: 1,
      tasks: 20,
      calls: 2 + 20 * 2,
      hoursAtRateLimit: 0,
      temporalActions: 20 * 6 + 2,
    })
    expect(system.vod.books().tasks).toHaveLength(before)
  })
})

describe('what is wrong is refused, and named', () => {
  it.each<[Partial<BatchRequest> & { source?: unknown }, string]>([
    [{ source: {} } as never, 'source'],
    [{ source: { FileIds: [] } }, 'source.FileIds'],
    [{ source: { FileIds: ['a b'] } }, 'source.FileIds.0'],
    [{ source: { file: '../etc/passwd' } }, 'source.file'],
    [{ source: { search: { Limit: 1 } } }, 'source.search.Limit'],
    [{ source: { search: { NamePrefix: ['x'] } } }, 'source.search.NamePrefix'],
    [{ window: 0 }, 'window'],
    [{ maxTasks: 0.5 }, 'maxTasks'],
    [{ stopAtFailedPercent: 101 }, 'stopAtFailedPercent'],
    [{ dryrun: true } as never, 'dryrun'],
    [{ maxTask: 5 } as never, 'maxTask'],
    [{ delays: { looks: ['soon'] } } as never, 'delays.looks.0'],
    [{ source: { search: { SubAppId: 1 } } }, 'source.search.SubAppId'],
  ])('%j', async (more, field) => {
    const error = await system.vodflow.batches
      .start(over(['528'], more as never), { workflowId: batch })
      .catch((error) => error)
    expect(error.name).toBe('InvalidInputError')
    expect(error.fields).toContain(field)
  })

  it('a template that is not there, before anything is begun', async () => {
    await expect(run(over(['528'], { ProcedureName: 'none' }))).rejects.toThrow(
      'no task flow template "none"',
    )
  })

  it('a file that a worker does not have, or may not read', async () => {
    await expect(run({ source: { file: 'none.txt' }, ProcedureName: 'one', account })).rejects.toThrow(
      'does not exist in the worker',
    )
    batch = `${batch}-2`
    await expect(run({ source: { file: 'none.txt' }, ProcedureName: 'one' })).rejects.toThrow(
      'needs a worker with an idsFolder',
    )
  })

  it('a control that is out of its limits', async () => {
    const handle = await system.vodflow.batches.start(over(await clips(1), { maxTasksPerDay: 1 }), {
      workflowId: batch,
    })
    await expect.poll(async () => (await handle.progress()) !== undefined).toBe(true)
    await expect(handle.setWindow(5_000)).rejects.toThrow(
      /window: is 5000; pass a whole number from 1 to 2000|has ended|no run/,
    )
    await handle.result()
  })
})

it('runs as a Temporal Schedule', async () => {
  const FileIds = await clips(2)
  const handle = await system.vodflow.batches.schedule(over(FileIds), {
    scheduleId: `nightly-${batch}`,
    spec: { intervals: [{ every: '1 day' }] },
  })
  await handle.trigger()
  await expect.poll(() => tasksEach(FileIds)).toEqual([1, 1])
  await handle.delete()
})

it.each(['processBatch', 'processUpload', 'pullUpload', 'adoptTask'])(
  '%s, started by its name without an input, fails at once',
  async (type) => {
    const workflowId = `nothing-${type}`
    const run = system.vodflow.client.workflow.execute(type, { workflowId, taskQueue: 'vodflow', args: [] })
    await expect(run).rejects.toMatchObject({ cause: { type: 'InvalidInput' } })
  },
)
