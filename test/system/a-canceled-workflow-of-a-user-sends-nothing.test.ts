import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { cancelingIn, delays } from '../support/canceling.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

let system: System
let theirs: Theirs
let runs: ReturnType<typeof cancelingIn>
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 60_000, reviewTime: 60_000, waitingTime: 60_000 })
  runs = cancelingIn(system)
  theirs = await startTheirs(system, 'canceled')
})
afterAll(async () => {
  await theirs?.close()
  await system?.close()
})
afterEach(() => system.vod.faults.clear())

const input = async (ProcedureName = 'one') => ({
  request: { FileId: await system.media(), ProcedureName },
  delays,
})
const throttle = () =>
  system.vod.faults.add({ kind: 'error', action: 'ProcessMediaByProcedure', code: 'RequestLimitExceeded' })

it('a canceled scope sends nothing more, also when it is canceled before the first attempt', async () => {
  const before = system.vod.books().tasks.length
  expect(await theirs.run('cancelsAtOnce', await input())).toBe('canceled')
  throttle()
  const run = await runs.begin('cancelsLater', await input(), 'theirs-canceled')
  await runs.inBackoff(run)
  const handle = system.vodflow.client.workflow.getHandle(run)
  await handle.signal('cancelScope')
  expect(await handle.result()).toBe('canceled')
  system.vod.faults.clear()
  expect(system.vod.books().tasks).toHaveLength(before)
})

it.each(['sleep', 'gate', 'nothing', 'step'])(
  'a step whose submit is on the wire is cleaned up before the workflow ends by what stands beside it: %s',
  async (beside) => {
    system.vod.faults.add({ kind: 'slow', action: 'ProcessMediaByProcedure', delay: 1_500, times: 1 })
    const slow = await input('two')
    const quick = await input()
    const handle = await system.vodflow.client.workflow.start(
      beside === 'step' ? 'sideBySide' : 'besideOthers',
      {
        workflowId: `beside-${Math.random()}`,
        taskQueue: 'theirs-canceled',
        args: beside === 'step' ? [[quick, slow]] : [slow, beside],
      },
    )
    const started = async () =>
      (await runs.pendingOf(handle.workflowId)).filter(({ lastStartedTime }) => lastStartedTime).length
    const answered = () =>
      system.tasksOf(quick.request.FileId).length + system.tasksOf(slow.request.FileId).length
    // Of two steps one has its answer.
    await expect.poll(answered, { interval: 50 }).toBeGreaterThanOrEqual(beside === 'step' ? 1 : 0)
    await expect.poll(started, { interval: 50 }).toBe(1)
    const said = await runs.canceled(handle.workflowId)
    const made = [slow, quick].flatMap(({ request }) => system.tasksOf(request.FileId))
    expect(made.length).toBe(beside === 'step' ? 3 : 2)
    expect(new Set(said?.stopped)).toEqual(new Set(made.map(({ TaskId }) => TaskId)))
    expect(made.every(({ Status }) => Status === 'ABORTED')).toBe(true)
  },
)

it('what all of its steps say is kept, not only the last word', async () => {
  const inputs = await Promise.all(['one', 'two', 'one'].map(input))
  const run = await runs.begin('sideBySide', inputs, 'theirs-canceled')
  const made = () => inputs.flatMap(({ request }) => system.tasksOf(request.FileId))
  await expect.poll(() => made().length).toBe(4)
  const progress = () =>
    system.vodflow.client.workflow.getHandle(run).query<{ phase: string }>('vodflow.progress')
  await expect.poll(async () => (await progress()).phase).toBe('waiting')
  const said = await runs.canceled(run)
  expect(new Set(said?.stopped)).toEqual(new Set(made().map(({ TaskId }) => TaskId)))
  expect(made().every(({ Status }) => Status === 'ABORTED')).toBe(true)
})

it('children of a canceled parent send nothing more', async () => {
  throttle()
  const inputs = await Promise.all(['one', 'two'].map(input))
  const before = system.vod.books().tasks.length
  const run = await runs.begin('inChildren', inputs, 'theirs-canceled')
  const children = async () =>
    ((await system.vodflow.client.workflow.getHandle(run).describe()).raw.pendingChildren ?? []).map(
      ({ workflowId }) => workflowId ?? '',
    )
  await expect.poll(async () => (await children()).length).toBe(2)
  const ids = await children()
  await Promise.all(ids.map((id) => runs.inBackoff(id)))
  const handle = system.vodflow.client.workflow.getHandle(run)
  await handle.cancel()
  await handle.result().catch(() => {})
  for (const id of ids)
    await expect
      .poll(async () => (await system.vodflow.client.workflow.getHandle(id).describe()).status.name)
      .toBe('CANCELLED')
  system.vod.faults.clear()
  expect(system.vod.books().tasks).toHaveLength(before)
})
