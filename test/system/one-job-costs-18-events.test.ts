import { afterAll, beforeAll, expect, it } from 'vitest'
import { costOf } from '../../bench/harness/history.js'
import type { EmulatorFault } from '../../src/emulator/faults.js'
import { type System, startSystem } from '../support/system.js'

const action = 'DescribeTaskDetail'
let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 300, reviewTime: 900 })
})
afterAll(() => system.close())

it('a job with one task that ends by its callback has at most 18 events and 5 actions, in 4,900 bytes', async () => {
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  expect(await run.result()).toMatchObject({ status: 'succeeded', FileId })
  const history = await system.historyOf(run)
  expect(history.filter((type) => type.startsWith('workflowExecutionSignaled'))).toHaveLength(1)
  expect(history.length).toBeLessThanOrEqual(18)
  const { actions, bytes } = await costOf(system.vodflow.client, run.workflowId)
  expect(actions).toBe(5)
  // The name of this machine stands in it ten times.
  expect(bytes).toBeLessThanOrEqual(4_900)
  expect(system.tasksOf(FileId)).toHaveLength(1)
})

/** Each read of a task: the queue it waited in, or `here` for one within a workflow task. */
const readsOf = async (workflowId: string) => {
  const { events } = await system.vodflow.client.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? []).flatMap((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes
    if (event.markerRecordedEventAttributes?.markerName === 'core_local_activity') return ['here']
    return scheduled?.activityType?.name === 'DescribeTaskDetail' ? [scheduled.taskQueue?.name] : []
  })
}

it('what an event announces is read by the worker that has the run, within its workflow task', async () => {
  const run = await system.vodflow.process({ FileId: await system.media(), ProcedureName: 'one' })
  await run.result()
  expect(await readsOf(run.workflowId)).toEqual(['here'])
})

it.each<[string, EmulatorFault]>([
  ['says that it is too much', { kind: 'error', action, code: 'RequestLimitExceeded', times: 1 }],
  ['has an error of its own', { kind: 'error', action, code: 'InternalError', times: 1 }],
  ['does not know the task', { kind: 'error', action, code: 'ResourceNotFound', times: 1 }],
  ['does not answer within 4 s', { kind: 'hang', action, times: 1 }],
])('and where VOD %s, with the others on the queue of reads', async (_, fault) => {
  system.vod.faults.add(fault)
  const run = await system.vodflow.process({ FileId: await system.media(), ProcedureName: 'one' })
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
  expect(await readsOf(run.workflowId)).toEqual(['here', 'vodflow.default.read'])
})

it('and at most 5 more for a second task', async () => {
  const FileId = await system.media('review-me')
  const run = await system.vodflow.process({ FileId, ProcedureName: 'two' })
  const outcome = await run.result()
  expect(outcome).toMatchObject({ status: 'succeeded', moderation: { Suggestion: 'review' } })
  expect(outcome.ReviewAudioVideoTaskId).toMatch(/-ReviewAudioVideo-/)
  const history = await system.historyOf(run)
  expect(history.filter((type) => type.startsWith('workflowExecutionSignaled'))).toHaveLength(2)
  expect(history.length).toBeLessThanOrEqual(23)
})

it("gives the caller's own SessionContext back as it was, and VOD never sees it alone", async () => {
  const FileId = await system.media()
  const SessionContext = 'order 42 | { "ü": true }'
  const outcome = await (
    await system.vodflow.process({ FileId, ProcedureName: 'one', SessionContext })
  ).result()
  expect(outcome.SessionContext).toBe(SessionContext)
  expect(system.tasksOf(FileId)[0]?.SessionContext).toMatch(/^vf1\.dev\..+\|order 42 \| \{ "ü": true \}$/)
})
