import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createUploadRule, type UploadRule } from '../../src/callbacks/index.js'
import { hintSignal } from '../../src/contract/hint.js'
import { createVodflowWorker } from '../../src/worker/index.js'
import { type OddVod, startOddVod } from '../support/oddVod.js'
import { type RunningWorker, runWorker } from '../support/runningWorker.js'
import { type System, startSystem } from '../support/system.js'

/** VOD can have made none of them. */
const odd: readonly string[] = [
  ' ',
  'a b',
  ' a',
  'a ',
  'a\n',
  '\t',
  '\0',
  'a\0b',
  'x\u001b[2J',
  '\u007f',
  'tâche',
  '任务',
  '５２８',
  '🍕',
  '\ud83c',
  'a\udf55',
  '\u00a0',
  '\u200b',
  '\ufeffa',
  'a\u2028b',
  'null',
  'undefined',
  '"a"',
  "'a'",
  'x'.repeat(201),
  'x'.repeat(100_000),
]

let system: System
let vod: OddVod
let worker: RunningWorker
let rule: UploadRule

beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100 })
  vod = await startOddVod()
  const accounts = { odd: { endpoint: vod.endpoint, credentials: { secretId: 'i', secretKey: 'k' } } }
  worker = await runWorker(system.temporal.address, (connection) =>
    createVodflowWorker({ connection, accounts, macKeys: system.macKeys, sweep: false }),
  )
  const { client } = system.vodflow
  rule = createUploadRule({
    client,
    rule: { work: { ProcedureName: 'one' }, delays: { uploadTasks: 50 } },
  })
})
afterEach(() => {
  system.vod.faults.clear()
  Object.assign(system.vod.switches, { listingLag: 0 })
})
afterAll(async () => {
  await worker?.close()
  await vod?.close()
  await system?.close()
})

async function start(type: string, input: object) {
  return system.vodflow.client.workflow.start(type, {
    workflowId: `odd-${type}-${Math.random()}`,
    taskQueue: 'vodflow',
    args: [{ onFailure: 'return', ...input }],
  })
}

describe('a run ends, whatever is given as a TaskId', () => {
  it('to adoptTask, by name', async () => {
    const ends = odd.map(async (TaskId) => {
      const run = await start('adoptTask', { TaskId })
      return run.result().catch((error: { cause: { type: string; message: string } }) => error.cause)
    })
    for (const end of await Promise.all(ends))
      expect(end).toMatchObject({ type: 'InvalidInput', message: expect.stringMatching(/^TaskId: /) })
  })

  it('by hints, to a step that seeks its task', async () => {
    const MediaStoragePath = '/films/sought.mp4'
    const FileId = await system.media('sought', MediaStoragePath)
    Object.assign(system.vod.switches, { listingLag: 60_000 })
    system.vod.faults.add(
      { kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 },
      { kind: 'dropCallback' },
    )
    const delays = { listings: [100], listingsGiveUp: 300, lag: [50], looks: [] }
    const run = await system.vodflow.process({ MediaStoragePath, ProcedureName: 'one' }, { delays })
    await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
    const [task] = system.tasksOf(FileId)
    const handle = system.vodflow.client.workflow.getHandle(run.workflowId)
    const hint = { v: 1, SessionId: task?.SessionId, terminal: true, via: 'push' }
    for (const TaskId of [...odd, task?.TaskId]) await handle.signal(hintSignal, { ...hint, TaskId })
    expect(await run.result()).toMatchObject({ status: 'succeeded', TaskId: task?.TaskId })
  })

  it('by the event of an upload', async () => {
    const uploads = odd.map(async (ProcedureTaskId, index) => {
      const FileId = await system.media(`upload ${index}`)
      await rule({ json: { EventType: 'NewFileUpload', FileUploadEvent: { FileId, ProcedureTaskId } } })
      return system.vodflow.client.workflow.getHandle(`upload/default/${FileId}`).result()
    })
    for (const report of await Promise.all(uploads))
      expect(report).toMatchObject({ status: 'processed', outcome: { status: 'succeeded' } })
  })

  it.each([true, false])("by VOD's answer to a submit, where callbacks: %s", async (callbacks) => {
    const delays = { polls: [20], lag: [20], looks: [20], listings: [20], listingsGiveUp: 300 }
    vod.answer('DescribeMediaInfos', { MediaInfoSet: [] })
    vod.answer('DescribeTasks', { TaskSet: [], ScrollToken: '' })
    vod.answer('DescribeProcedureTemplates', { TotalCount: 0, ProcedureTemplateSet: [] })
    const request = { FileId: '528', ProcedureName: 'one' }
    vod.answer('ProcessMediaByProcedure', { TaskId: odd[0], ImportMediaKnowledgeTaskIdSet: odd })
    const run = await start('processMediaByProcedure', { account: 'odd', request, callbacks, delays })
    // The listing decides, and it has none.
    expect(await run.result()).toMatchObject({ status: 'unknown', tasks: [] })
  })
})
