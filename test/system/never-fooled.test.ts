import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { signedTestEvent } from '../../src/callbacks/index.js'
import type { RunHandle } from '../../src/client/run.js'
import type { StepDelaysInMs } from '../../src/contract/delays.js'
import type { EmulatorTask } from '../../src/emulator/model.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 2_000, reviewTime: 2_000 })
})
afterEach(() => {
  system.vod.faults.clear()
  system.vod.switches.detailLag = 0
})
afterAll(() => system.close())

const post = (body: string | object) =>
  fetch(system.callbacksUrl, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })

async function waitingRun(delays: Partial<StepDelaysInMs> = {}) {
  const FileId = await system.media()
  const ProcedureName = 'one'
  const run = await system.vodflow.process(
    { FileId, ProcedureName },
    { delays: { lag: [50], looks: [6_000], ...delays } },
  )
  await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
  const [task] = system.tasksOf(FileId)
  if (!task) throw new Error('VOD made no task')
  return { run, FileId, task }
}

/** What a token of this step says. */
const addressOf = ({ workflowId, chain }: RunHandle, { SessionId }: EmulatorTask) => ({
  namespace: 'default',
  account: 'default',
  workflowId,
  chain,
  SessionId,
})

async function pendingActivities({ workflowId }: RunHandle): Promise<number> {
  const { raw } = await system.vodflow.client.workflow.getHandle(workflowId).describe()
  return raw.pendingActivities?.length ?? 0
}

it('a body that claims another result, with a valid token, changes no outcome', async () => {
  const { run, task } = await waitingRun()
  const MediaProcessResultSet = [
    {
      Type: 'Transcode',
      TranscodeTask: {
        Status: 'SUCCESS',
        ErrCodeExt: '',
        Output: { Url: 'https://evil.example/malware.mp4' },
      },
    },
  ]
  const ProcedureStateChangeEvent = {
    TaskId: task.TaskId,
    Status: 'FINISH',
    SessionContext: task.SessionContext,
    MediaProcessResultSet,
  }
  expect((await post({ EventType: 'ProcedureStateChanged', ProcedureStateChangeEvent })).status).toBe(200)
  const outcome = await run.result()
  expect(outcome.status).toBe('succeeded')
  expect(JSON.stringify(outcome)).not.toContain('evil.example')
})

it('a valid token with a foreign TaskId changes no outcome', async () => {
  const victim = await waitingRun()
  const other = await waitingRun()
  const SessionContext = victim.task.SessionContext
  const event = { TaskId: other.task.TaskId, Status: 'FINISH', SessionContext, MediaProcessResultSet: [] }
  await post({ EventType: 'ProcedureStateChanged', ProcedureStateChangeEvent: event })
  expect(await victim.run.result()).toMatchObject({ TaskId: victim.task.TaskId, status: 'succeeded' })
  expect(await other.run.result()).toMatchObject({ TaskId: other.task.TaskId, status: 'succeeded' })
})

it('an event without a token, or with a wrong MAC, reaches no run', async () => {
  const { run, task } = await waitingRun()
  const event = (SessionContext: string) => ({
    EventType: 'ProcedureStateChanged',
    ProcedureStateChangeEvent: { TaskId: task.TaskId, Status: 'FINISH', SessionContext },
  })
  expect((await post(event(''))).status).toBe(200)
  expect(
    (await post(event(task.SessionContext.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))))).status,
  ).toBe(403)
  await run.result()
  const signals = (await system.historyOf(run)).filter((type) => type.startsWith('workflowExecutionSignaled'))
  expect(signals).toHaveLength(1)
})

it('an event of an earlier run of the same id does nothing to the later one', async () => {
  const { run, FileId, task } = await waitingRun()
  await run.result()
  const again = await system.vodflow.rerun({ FileId, ProcedureName: 'one' }, { reason: 'once more' })
  await expect.poll(async () => (await again.progress())?.phase).toBe('waiting')
  const ProcedureStateChangeEvent = {
    TaskId: task.TaskId,
    Status: 'FINISH',
    SessionContext: task.SessionContext,
  }
  await post({ EventType: 'ProcedureStateChanged', ProcedureStateChangeEvent })
  const outcome = await again.result()
  expect(outcome.TaskId).not.toBe(task.TaskId)
})

it('hints that a read does not confirm are ignored after five, until the next look', async () => {
  // The detail shows the end 5 s late, so no hint before the look can be confirmed.
  system.vod.switches.detailLag = 5_000
  const { run, task } = await waitingRun({ looks: [9_000] })
  const before = system.vod.books().calls.length
  const reads = () =>
    system.vod
      .books()
      .calls.slice(before)
      .filter(({ action }) => action === 'DescribeTaskDetail').length
  const hint = { v: 1, SessionId: task.SessionId, TaskId: task.TaskId, terminal: true }
  const signal = () => system.vodflow.client.workflow.getHandle(run.workflowId).signal('vodflow.hint', hint)
  for (let n = 1; n <= 5; n++) {
    await signal()
    // Two calls for a hint: the read, and once more because the detail may lag.
    await expect.poll(reads).toBe(2 * n)
    await expect.poll(() => pendingActivities(run)).toBe(0)
  }
  for (let n = 0; n < 7; n++) await signal()
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
  expect(reads()).toBe(11)
})

it('a test event as users build it wakes the step, and the read decides', async () => {
  const { run, task } = await waitingRun()
  const address = addressOf(run, task)
  const response = await post(signedTestEvent({ address, keys: system.macKeys, TaskId: task.TaskId }))
  expect(response.status).toBe(200)
  expect((await run.progress())?.phase).toBe('waiting')
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
})
