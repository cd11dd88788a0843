// Records a history of every shape of a run into test/histories. Run it (npm run record-histories) in the commit that
// changes a workflow on purpose. Until 1.0, histories are recorded again instead of kept valid with patches.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findTemporal } from '../src/cli/dev/temporalBinary.js'
import { workflowQueue } from '../src/contract/queues.js'
import { sweepIdOf, sweepType } from '../src/contract/sweep.js'
import { startSystem } from '../test/support/system.js'
import { startTheirs } from '../test/support/theirs.js'

const system = await startSystem({ media: 'instant', taskTime: 400, reviewTime: 700, waitingTime: 50 })
const { vodflow, vod } = system
const temporal = await findTemporal({ tool: 'temporal' })
await system.vodClient.call('CreateProcedureTemplate', {
  Name: 'three',
  MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }] },
})
const file = join(tmpdir(), `vodflow-recorded-${process.pid}.mp4`)
await writeFile(file, '')
const root = fileURLToPath(new URL('../', import.meta.url))
const folder = `${root}test/histories/`

async function record(
  name: string,
  run: { readonly workflowId: string; result(): Promise<unknown> },
): Promise<void> {
  await run.result().catch(() => undefined)
  const args = [
    'workflow',
    'show',
    '--workflow-id',
    run.workflowId,
    '--address',
    system.temporal.address,
    '--output',
    'json',
  ]
  const { stdout } = await promisify(execFile)(temporal, args, { maxBuffer: 64 * 1024 * 1024 })
  // Stack traces contain the path of this repository, which is removed.
  await writeFile(`${folder}${name}.json`, stdout.replaceAll(root, ''))
  console.log(`${name}: ${JSON.parse(stdout).events.length} events`)
  vod.faults.clear()
}

const request = async (ProcedureName: string, more: object = {}) => ({
  FileId: await system.media(),
  ProcedureName,
  ...more,
})

await record('one-task-by-callback', await vodflow.process(await request('one')))
await record('two-tasks-by-callback', await vodflow.process(await request('two')))
await record('change-events', await vodflow.process(await request('two', { TasksNotifyMode: 'Change' })))
await record(
  'polled',
  await vodflow.process(await request('two', { TasksNotifyMode: 'None' }), { delays: { polls: [200] } }),
)

vod.faults.add({ kind: 'dropCallback' })
await record('by-look', await vodflow.process(await request('one'), { delays: { looks: [300, 1_500] } }))

vod.faults.add({ kind: 'dropCallback' }, { kind: 'hang', action: 'DescribeTaskDetail' })
await record(
  'unknown-at-the-end',
  await vodflow.process(await request('one'), { delays: { looks: [200], overdue: 500, giveUp: 1_500 } }),
)

vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 })
await record(
  'duplicate-recovered',
  await vodflow.process(await request('two'), { delays: { listings: [200] } }),
)

await record('refused', await vodflow.process(await request('nowhere')))

const canceled = await vodflow.process(await request('two'), { delays: { lag: [50] } })
while ((await canceled.progress())?.phase !== 'waiting')
  await new Promise((resolve) => setTimeout(resolve, 20))
await canceled.cancel()
await record('canceled', canceled)

// A canceled run sends nothing more to VOD, and looks up the task of the send without an answer.
vod.faults.add(
  { kind: 'slow', action: 'ProcessMediaByProcedure', delay: 400, times: 2 },
  { kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 },
)
const made = vod.books().tasks.length
const unanswered = await vodflow.process(await request('two'), { delays: { lag: [50], cancelGrace: 12_000 } })
while (vod.books().tasks.length === made) await new Promise((resolve) => setTimeout(resolve, 20))
vod.faults.add({ kind: 'error', action: 'ProcessMediaByProcedure', code: 'InternalError' })
while (!vod.books().calls.some(({ code }) => code === 'InternalError'))
  await new Promise((resolve) => setTimeout(resolve, 20))
await unanswered.cancel()
await record('canceled-unanswered', unanswered)

const detached = await vodflow.process(await request('one'))
while ((await detached.progress())?.phase !== 'waiting')
  await new Promise((resolve) => setTimeout(resolve, 20))
await detached.detach()
await record('detached', detached)

vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'InternalError', times: 1 })
await record('repaired', await vodflow.process(await request('three'), { onPartial: 'repair' }))

const { TaskId } = await system.vodClient.call('ProcessMediaByProcedure', await request('one'))
await record('adopted', await vodflow.adopt({ TaskId }, { delays: { polls: [200] } }))

const workflowId = sweepIdOf({ account: 'default' })
const times = { interval: 200, gracePeriod: 0 }
const sweep = await vodflow.client.workflow.start(sweepType, {
  workflowId,
  taskQueue: workflowQueue,
  args: [{ account: 'default', times }],
})
const sweeps = () => vod.books().calls.filter(({ action }) => action === 'DescribeTasks').length
const before = sweeps()
while (sweeps() < before + 3) await new Promise((resolve) => setTimeout(resolve, 50))
await sweep.terminate()
await record('sweep', { workflowId, result: () => sweep.result() })

const { client } = vodflow
const start = async (type: string, args: unknown[], taskQueue: string = workflowQueue) => {
  const handle = await client.workflow.start(type, {
    workflowId: `recorded-${type}-${Date.now()}`,
    taskQueue,
    args,
  })
  return { workflowId: handle.workflowId, result: () => handle.result() }
}
const source = await system.media()
const { MediaInfoSet } = await system.vodClient.call('DescribeMediaInfos', { FileIds: [source] })
const { MediaUrl } = (MediaInfoSet[0] as unknown as { BasicInfo: { MediaUrl: string } }).BasicInfo
const pull = { request: { MediaUrl, Procedure: 'two' }, delays: { listings: [200] } }
await record('pulled-with-its-flow', await start('pullUpload', [pull]))
vod.faults.add({ kind: 'loseReply', action: 'PullUpload', times: 1 }, { kind: 'dropCallback', times: 1 })
await record('pulled-found-by-its-media', await start('pullUpload', [pull]))
const Segments = [
  { StartTimeOffset: 0, EndTimeOffset: 2, ProcedureName: 'one' },
  { StartTimeOffset: 2, ProcedureName: 'two' },
]
await record('split-into-flows', await start('splitMedia', [{ request: { FileId: source, Segments } }]))
const FileIds = await Promise.all(Array.from({ length: 12 }, () => system.media()))
const films = { source: { FileIds }, ProcedureName: 'one', window: 4 }
await record('batch', await vodflow.batches.start(films, { workflowId: 'recorded-batch' }))
const upload = {
  FileId: await system.media(),
  match: {},
  work: { ProcedureName: 'one' },
  delays: { uploadTasks: 200 },
}
await record('upload', await start('processUpload', [upload]))
const brought = { ...upload, delays: { uploadTasks: 200, polls: [200] } }
const { FileId } = await vod.upload(file, { Procedure: 'two' })
await record('upload-adopted', await start('processUpload', [{ ...brought, FileId }]))
await system.vodClient.call('CreateProcedureTemplate', {
  Name: 'moderated',
  ReviewAudioVideoTask: { Definition: 10 },
})
const moderated = await vod.upload(file, { Procedure: 'moderated' })
const moderates = { ...brought, FileId: moderated.FileId, work: { ProcedureName: 'moderated' } }
await record('upload-moderated', await start('processUpload', [moderates]))

const pipelines = await startTheirs(system, 'replayed')
const moderation = { Suggestion: 'review', Label: 'Porn', Form: 'Image', verdicts: [] }
const gated = await start(
  'gated',
  [{ moderation, remindAfter: [100], escalateAfter: 200 }],
  'theirs-replayed',
)
while (!(await vodflow.gates(gated.workflowId))[0]?.escalated)
  await new Promise((resolve) => setTimeout(resolve, 20))
await vodflow.decide(gated.workflowId, { gate: 'review', decision: 'approved', by: 'ada', reason: 'a beach' })
await record('gate-decided-by-a-person', gated)
const both = ['one', 'two'].map((ProcedureName) => ({ request: { FileId: source, ProcedureName } }))
await record('side-by-side', await start('sideBySide', [both], 'theirs-replayed'))
await pipelines.close()

await system.close()
