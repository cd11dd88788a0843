import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BatchProgress, BatchReport } from '../../src/client/index.js'
import type { BatchActivities } from '../../src/contract/activities.js'
import { startTimeSkipping, type TimeSkipping } from '../support/timeSkipping.js'

let skipping: TimeSkipping
beforeAll(async () => {
  skipping = await startTimeSkipping()
})
afterAll(() => skipping.close())

const template = { TaskTypes: ['Procedure'], outputs: [], UpdateTime: '' }
/** The work of the batches here. */
const of = { account: 'default', ProcedureName: 'one' }
const source = { FileIds: ['told', 'silent', 'slow'] }
const allStarted = (started: readonly string[]) => ({
  started,
  ended: [],
  skipped: [],
  missing: [],
  repeated: [],
})

/** Starts all items, and lets these tell that they have ended before the call is answered. */
const startAnd =
  (workflowId: string, said: readonly object[]): BatchActivities['startRuns'] =>
  async ({ FileIds }) => {
    for (const each of said) await signal(workflowId, each)
    return allStarted(FileIds)
  }
const signal = (workflowId: string, said: object) =>
  skipping.environment.client.workflow.getHandle(workflowId).signal('vodflow.batch.ended', said)

it('a run that was terminated says nothing: it is looked at after a while, and counted', async () => {
  const { environment, vod } = skipping
  const asked: (readonly string[])[] = []
  const told = { FileId: 'told', status: 'succeeded', reason: '', tasks: 1, of }
  vod.batches = {
    openBatch: async (input) => ({ input, template }),
    startRuns: startAnd('silence', [told, told]),
    // The slow one ends in the second look, and tells of it too: it is counted once.
    checkRuns: async ({ FileIds }) => {
      asked.push(FileIds)
      const over = asked.length === 1 ? ['silent'] : ['slow']
      return over.map((FileId) => ({ FileId, status: 'refused', reason: 'terminated', tasks: 0 }))
    },
  }
  const handle = await environment.client.workflow.start('processBatch', {
    workflowId: 'silence',
    taskQueue: 'vodflow',
    args: [{ source, ProcedureName: 'one', stopAtFailedPercent: 100 }],
  })
  const report: BatchReport = await handle.result()
  expect(asked).toEqual([['silent', 'slow'], ['slow']])
  expect(report.counts).toMatchObject({ started: 3, tasks: 1, ended: { succeeded: 1, refused: 2 } })
  expect(report.failures).toMatchObject([{ FileId: 'silent' }, { FileId: 'slow' }])
})

it('days of silence go by in short histories, and what ran before is neither begun nor counted again', async () => {
  const { environment, vod } = skipping
  const days = 4
  const looks = days * 24 * 4
  const begun: (readonly string[])[] = []
  let looked = 0
  const told = { FileId: 'told', status: 'succeeded', reason: '', tasks: 1, of }
  vod.batches = {
    openBatch: async (input) => ({ input, template }),
    startRuns: (part) => {
      begun.push(part.FileIds)
      return startAnd('days-of-silence', [told])(part)
    },
    checkRuns: async ({ FileIds }) => {
      looked++
      return looked < looks
        ? []
        : FileIds.map((FileId) => ({ FileId, status: 'succeeded', reason: '', tasks: 1 }))
    },
  }
  const { client } = environment
  const handle = await client.workflow.start('processBatch', {
    workflowId: 'days-of-silence',
    taskQueue: 'vodflow',
    args: [{ source, ProcedureName: 'one' }],
  })
  const report: BatchReport = await handle.result()
  expect(looked).toBe(looks)
  expect(begun).toEqual([source.FileIds])
  expect(report.counts).toMatchObject({ started: 3, tasks: 3, ended: { succeeded: 3 } })
  const lengths: number[] = []
  for (let runId = handle.firstExecutionRunId; runId !== ''; ) {
    const { events } = await client.workflow.getHandle('days-of-silence', runId).fetchHistory()
    lengths.push(events?.length ?? 0)
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? ''
  }
  expect(lengths.length).toBeGreaterThan(1)
  expect(Math.max(...lengths)).toBeLessThan(2_100)
})

it('anything else that is sent to it changes nothing', async () => {
  const { environment, vod } = skipping
  vod.batches = {
    openBatch: async (input) => ({ input, template }),
    startRuns: async ({ FileIds }) => allStarted(FileIds),
    checkRuns: async ({ FileIds }) =>
      FileIds.map((FileId) => ({ FileId, status: 'succeeded', reason: '', tasks: 1 })),
  }
  const handle = await environment.client.workflow.start('processBatch', {
    workflowId: 'nonsense',
    taskQueue: 'vodflow',
    args: [{ source: { FileIds: ['one'] }, ProcedureName: 'one' }],
  })
  const failed = { FileId: 'one', status: 'failed', reason: '', tasks: 1 }
  const foreign = [null, 'text', {}, { ...failed, FileId: 'other', of }]
  const wrong = [
    { ...failed, status: 'perhaps', of },
    { ...failed, reason: undefined, of },
    failed,
    ...[
      { ...of, ProcedureName: 'other' },
      { ...of, SubAppId: 1 },
      { ...of, account: 'b' },
    ].map((of) => ({ ...failed, of })),
  ]
  for (const payload of [...foreign, ...wrong]) await handle.signal('vodflow.batch.ended', payload)
  const report: BatchReport = await handle.result()
  expect(report.counts).toMatchObject({ started: 1, tasks: 1, ended: { succeeded: 1, failed: 0 } })
})

describe('an end that nobody can have told yet', () => {
  const forged = (FileId: string) => ({
    FileId,
    status: 'succeeded',
    reason: '界'.repeat(200),
    tasks: 0,
    lastMadeAt: 8.64e15,
    of,
  })

  it('of items that wait is not kept, however many there are, and the batch can still be controlled', async () => {
    const { environment, vod } = skipping
    const FileIds = Array.from({ length: 3_000 }, (_, index) => `f${index}`)
    const workflowId = 'many-wait'
    vod.batches = {
      openBatch: async (input) => ({ input, template }),
      startRuns: async (part) => allStarted(part.FileIds),
      checkRuns: async (check) =>
        check.FileIds.map((FileId) => ({ FileId, status: 'succeeded', reason: '' })),
    }
    const { workflow } = environment.client
    const handle = await workflow.start('processBatch', {
      workflowId,
      taskQueue: 'vodflow',
      args: [{ source: { FileIds }, ProcedureName: 'one', window: 1 }],
    })
    await expect
      .poll(async () => (await handle.query<BatchProgress>('vodflow.batch.progress'))?.running)
      .toBe(1)
    for (let from = 1; from < FileIds.length; from += 100)
      await Promise.all(FileIds.slice(from, from + 100).map((FileId) => signal(workflowId, forged(FileId))))
    const continued = async () => (await workflow.getHandle(workflowId).describe()).runId
    await expect.poll(continued).not.toBe(handle.firstExecutionRunId)
    const progress = await workflow.getHandle(workflowId).query<BatchProgress>('vodflow.batch.progress')
    expect(progress).toMatchObject({ running: 1, counts: { started: 1, tasks: 0 } })
    const { events } = await workflow.getHandle(workflowId).fetchHistory()
    const [first] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? []
    expect(first?.data?.length).toBeLessThan(100_000)
    await workflow
      .getHandle(workflowId)
      .executeUpdate('vodflow.batch.control', { args: [{ stop: 'a test' }] })
    const report: BatchReport = await workflow.getHandle(workflowId).result()
    expect(report).toMatchObject({ stopped: 'a test', counts: { started: 1, ended: { succeeded: 1 } } })
  })

  it('takes a batch over no budget, with whatever tasks and time', async () => {
    const { environment, vod } = skipping
    const FileIds = Array.from({ length: 12 }, (_, index) => `f${index}`)
    const workflowId = 'over-budget'
    let items = 0
    vod.batches = {
      openBatch: async (input) => ({ input, template }),
      startRuns: async (part) => {
        items += part.FileIds.length
        for (const FileId of FileIds) await signal(workflowId, forged(FileId))
        return allStarted(part.FileIds)
      },
    }
    const report: BatchReport = await environment.client.workflow.execute('processBatch', {
      workflowId,
      taskQueue: 'vodflow',
      args: [{ source: { FileIds }, ProcedureName: 'one', window: 2, maxTasks: 4, maxTasksPerDay: 3 }],
    })
    expect(items).toBe(4)
    expect(report).toMatchObject({
      stopped: expect.stringContaining('4 tasks'),
      counts: { started: 4, tasks: 4 },
    })
  })
})
