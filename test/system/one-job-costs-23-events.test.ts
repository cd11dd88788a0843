import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', instantMs: 300, reviewMs: 900 })
})
afterAll(() => system.close())

it('a job with one task that ends by its callback has at most 23 events', async () => {
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  expect(await run.result()).toMatchObject({ status: 'succeeded', FileId })
  const history = await system.historyOf(run)
  expect(history.filter((type) => type.startsWith('workflowExecutionSignaled'))).toHaveLength(1)
  expect(history.length).toBeLessThanOrEqual(23)
  expect(system.tasksOf(FileId)).toHaveLength(1)
})

const readsOf = async (workflowId: string) => {
  const { events } = await system.vodflow.client.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? [])
    .map(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled)
    .filter((scheduled) => scheduled?.activityType?.name === 'DescribeTaskDetail')
    .map((scheduled) => scheduled?.taskQueue?.name)
}

it('what an event announces is read by the worker that has the run', async () => {
  const run = await system.vodflow.process({ FileId: await system.media(), ProcedureName: 'one' })
  await run.result()
  expect(await readsOf(run.workflowId)).toEqual(['vodflow'])
})

it('and where VOD says that it is too much, with the others on the queue of reads', async () => {
  const code = 'RequestLimitExceeded'
  system.vod.faults.add({ kind: 'error', action: 'DescribeTaskDetail', code, times: 1 })
  const run = await system.vodflow.process({ FileId: await system.media(), ProcedureName: 'one' })
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
  expect(await readsOf(run.workflowId)).toEqual(['vodflow', 'vodflow.default.read'])
})

it('and at most 10 more for a second task', async () => {
  const FileId = await system.media('review-me')
  const run = await system.vodflow.process({ FileId, ProcedureName: 'two' })
  const outcome = await run.result()
  expect(outcome).toMatchObject({ status: 'succeeded', moderation: { Suggestion: 'review' } })
  expect(outcome.ReviewAudioVideoTaskId).not.toBe('')
  const history = await system.historyOf(run)
  expect(history.filter((type) => type.startsWith('workflowExecutionSignaled'))).toHaveLength(2)
  expect(history.length).toBeLessThanOrEqual(33)
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
