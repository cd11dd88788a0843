import { Worker } from '@temporalio/worker'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { RunProgress } from '../../src/contract/progress.js'
import { VodflowPlugin } from '../../src/worker/index.js'
import { type System, startSystem } from '../support/system.js'
import { pathOf, startTheirs, type Theirs } from '../support/theirs.js'
import { bundleOf } from '../support/workflowCode.js'

const procedures = ['left', 'middle', 'right']
/** The account of a worker that has workflows of a user too. */
const account = 'theirs'

let system: System
let theirs: Theirs
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 300, reviewTime: 60_000 })
  for (const Name of procedures) {
    const MediaProcessTask = { TranscodeTaskSet: [{ Definition: 100010 }] }
    await system.vodClient.call('CreateProcedureTemplate', { Name, MediaProcessTask })
  }
  theirs = await startWorker()
})
afterEach(() => system.vod.faults.clear())
afterAll(async () => {
  await theirs?.close()
  await system?.close()
})

/** A worker that has the account, so that it reads the ends of tasks within its workflow tasks. */
function startWorker(): Promise<Theirs> {
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } =
    system.environment
  return startTheirs(system, 'loud', {
    accounts: { [account]: { endpoint: system.vod.endpoint, credentials: { secretId, secretKey } } },
    macKeys: system.macKeys,
    sweep: false,
  })
}

async function inputs() {
  const FileId = await system.media()
  return procedures.map((ProcedureName) => ({ request: { FileId, ProcedureName }, account }))
}

/** Errors of replaying every run of a workflow. */
async function unreplayable(type: string): Promise<unknown[]> {
  const { client } = system.vodflow
  const histories = client.workflow.list({ query: `WorkflowType = "${type}"` }).intoHistories()
  const options = {
    workflowBundle: await bundleOf(pathOf('loud')),
    plugins: [new VodflowPlugin({ servedElsewhere: ['default'] })],
  }
  const errors: unknown[] = []
  for await (const { error } of Worker.runReplayHistories(options, histories)) if (error) errors.push(error)
  return errors
}

it.each([
  ['publishAll', 'published', 0],
  ['publishAll', 'MediaFailed', 1],
  ['first', 'published', 0],
  ['first', 'MediaFailed', 1],
  ['firstGood', 'published', 0],
  ['firstThenMore', 'published', 0],
  ['allOrNothing', 'published', 0],
  ['allOrNothing', 'MediaFailed', 1],
  ['again', 'MediaFailed', 1],
] as const)(
  '%s ends as %s when its steps end in one workflow task (probability of a failure: %s)',
  async (type, end, probability) => {
    system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError', probability })
    const all = await Promise.all(Array.from({ length: 4 }, inputs))
    const ends = all.map((each) =>
      theirs.run(type, each).catch(({ cause }: { cause: { type: string } }) => cause.type),
    )
    expect(await Promise.all(ends)).toEqual(all.map(() => end))
    expect(await unreplayable(type)).toEqual([])
  },
  180_000,
)

it('a workflow that returns in the workflow task in which its step reads a task ends once', async () => {
  const FileId = await system.media()
  const { client } = system.vodflow
  const handle = client.workflow.getHandle(
    await theirs.start('untilTold', { request: { FileId, ProcedureName: 'two' }, account }),
  )
  const review = () => system.tasksOf(FileId).find(({ TaskType }) => TaskType === 'ReviewAudioVideo')
  await expect.poll(async () => (await handle.query<RunProgress>('vodflow.progress')).phase).toBe('waiting')
  await theirs.close()
  const { TaskId = '', SessionId = '' } = review() ?? {}
  await handle.signal('vodflow.hint', {
    v: 1,
    SessionId,
    TaskId,
    terminal: true,
    via: 'push',
    at: Date.now(),
  })
  await handle.signal('told')
  theirs = await startWorker()
  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'NotAwaited' } })
  expect(await unreplayable('untilTold')).toEqual([])
})
