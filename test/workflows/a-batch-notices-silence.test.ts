import { afterAll, beforeAll, expect, it } from 'vitest'
import type { BatchReport } from '../../src/client/index.js'
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

it('a run that was terminated says nothing: it is looked at after a while, and counted', async () => {
  const { environment, vod } = skipping
  const asked: (readonly string[])[] = []
  vod.batches = {
    openBatch: async (input) => ({ input, template }),
    startRuns: async ({ FileIds }) => allStarted(FileIds),
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
  const told = { FileId: 'told', status: 'succeeded', reason: '', tasks: 1, of }
  await handle.signal('vodflow.batch.ended', told)
  await handle.signal('vodflow.batch.ended', told)
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
  vod.batches = {
    openBatch: async (input) => ({ input, template }),
    startRuns: async ({ FileIds }) => {
      begun.push(FileIds)
      return allStarted(FileIds)
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
  const told = { FileId: 'told', status: 'succeeded', reason: '', tasks: 1, of }
  await handle.signal('vodflow.batch.ended', told)
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
}, 60_000)

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
