import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 200, reviewTime: 400 })
})
afterEach(() => {
  system.vod.faults.clear()
  Object.assign(system.vod.switches, {
    detailLag: 0,
    noneSilencesReview: false,
    reviewWithoutFinishTime: false,
  })
})
afterAll(() => system.close())

const signals = (history: string[]) =>
  history.filter((type) => type.startsWith('workflowExecutionSignaled')).length

it('every callback is lost: a look ends the run', async () => {
  const FileId = await system.media()
  system.vod.faults.add({ kind: 'dropCallback' })
  const run = await system.vodflow.process(
    { FileId, ProcedureName: 'two' },
    { delays: { looks: [1_500, 3_000] } },
  )
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
  expect(signals(await system.historyOf(run))).toBe(0)
})

it('callbacks come twice, late and in another order: the outcome is the same', async () => {
  const FileId = await system.media()
  system.vod.faults.add(
    { kind: 'doubleCallback' },
    { kind: 'reorderCallback', times: 1 },
    { kind: 'delayCallback', delay: 300, times: 1 },
  )
  const run = await system.vodflow.process(
    { FileId, ProcedureName: 'two', TasksNotifyMode: 'Change' },
    { delays: { looks: [4_000] } },
  )
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
  expect(system.tasksOf(FileId)).toHaveLength(2)
})

it('the detail lags behind its event: it is read again, for one event more, however often', async () => {
  const FileId = await system.media()
  system.vod.switches.detailLag = 1_500
  const run = await system.vodflow.process(
    { FileId, ProcedureName: 'one' },
    { delays: { lag: [500, 1_000, 2_000] } },
  )
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
  expect((await system.historyOf(run)).length).toBeLessThanOrEqual(24)
})

it.each([true, false])(
  'no event can come (None, which silences the review event: %s): the tasks are polled',
  async (silenced) => {
    const FileId = await system.media()
    system.vod.switches.noneSilencesReview = silenced
    const request = { FileId, ProcedureName: 'two', TasksNotifyMode: 'None' as const }
    const run = await system.vodflow.process(request, { delays: { polls: [200, 400] } })
    expect(await run.result()).toMatchObject({ status: 'succeeded' })
    // Polls are retries of one activity for each task.
    expect((await system.historyOf(run)).length).toBeLessThanOrEqual(33)
  },
)

it('no callback is set up: a run told so polls', async () => {
  const FileId = await system.media()
  system.vod.faults.add({ kind: 'dropCallback' })
  const run = await system.vodflow.process(
    { FileId, ProcedureName: 'one' },
    { callbacks: false, delays: { polls: [200] } },
  )
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
})

it('reads are throttled and fail for a while: the run waits', async () => {
  const FileId = await system.media()
  system.vod.faults.add(
    { kind: 'error', action: 'DescribeTaskDetail', code: 'UnauthorizedOperation', times: 1 },
    { kind: 'error', action: 'DescribeTaskDetail', code: 'RequestLimitExceeded', times: 2 },
  )
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
})

it('a run that was started by its name from anywhere, with plain JSON, is the same', async () => {
  const FileId = await system.media()
  const input = { request: { FileId, ProcedureName: 'one' } }
  const workflow = { workflowId: `by-name-${FileId}`, taskQueue: 'vodflow', args: [input] }
  expect(await system.vodflow.client.workflow.execute('processMediaByProcedure', workflow)).toMatchObject({
    status: 'succeeded',
    FileId,
  })
})

it('progress is shown while it waits', async () => {
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'two' })
  const phases = new Set<string>()
  for await (const { phase } of run.watch({ interval: 50 })) phases.add(phase)
  expect([...phases].at(-1)).toBe('settled')
  expect(phases).toContain('waiting')
})

it('a run that is overdue is found by a query', async () => {
  const FileId = await system.media()
  system.vod.faults.add(
    { kind: 'dropCallback' },
    { kind: 'error', action: 'DescribeTaskDetail', code: 'InternalError' },
  )
  const delays = { looks: [100], overdue: 300, giveUp: 600_000 }
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' }, { delays })
  const query = 'ExecutionStatus = "Running" AND VodflowOverdueSince IS NOT NULL'
  const found = async () => {
    const ids: string[] = []
    for await (const { workflowId } of system.vodflow.client.workflow.list({ query })) ids.push(workflowId)
    return ids
  }
  await expect.poll(found).toEqual([run.workflowId])
  expect(await run.progress())?.toMatchObject({ phase: 'waiting', overdueSince: expect.any(String) })
  await run.detach()
  expect(await run.result()).toMatchObject({ status: 'detached' })
})
