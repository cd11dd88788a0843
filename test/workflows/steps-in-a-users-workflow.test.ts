import type { WorkflowStartOptions } from '@temporalio/client'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { VodflowPlugin } from '../../src/worker/index.js'
import { type System, startSystem } from '../support/system.js'
import { pathOf } from '../support/theirs.js'
import { bundleOf } from '../support/workflowCode.js'

let system: System
let stop: () => Promise<void>

beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 300 })
  const worker = await Worker.create({
    connection: system.worker.connection,
    taskQueue: 'theirs',
    workflowBundle: await bundleOf(pathOf('composed')),
    plugins: [new VodflowPlugin({ servedElsewhere: ['default'] })],
  })
  const running = worker.run()
  stop = async () => {
    worker.shutdown()
    await running
  }
})
afterAll(async () => {
  await stop()
  await system.close()
})

const run = (type: string, args: unknown[], more: Partial<WorkflowStartOptions> = {}) =>
  system.vodflow.client.workflow.execute(type, {
    workflowId: `${type}-${Math.random()}`,
    taskQueue: 'theirs',
    args,
    ...more,
  })

it('two steps wait at once, and each gets only its own events', async () => {
  const FileId = await system.media()
  const inputs = ['one', 'two'].map((ProcedureName) => ({ request: { FileId, ProcedureName } }))
  const outcomes = await run('sideBySide', [inputs])
  expect(outcomes).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }])
  expect(outcomes[0].TaskId).not.toBe(outcomes[1].TaskId)
  expect(outcomes[0]).not.toHaveProperty('ReviewAudioVideoTaskId')
  expect(outcomes[1].ReviewAudioVideoTaskId).toMatch(/-ReviewAudioVideo-/)
  expect(system.tasksOf(FileId)).toHaveLength(3)
})

it('steps run in child workflows, served by our own queue or by theirs', async () => {
  const FileId = await system.media()
  const inputs = ['one', 'two'].map((ProcedureName) => ({ request: { FileId, ProcedureName } }))
  expect(await run('inChildren', [inputs, ['vodflow']])).toMatchObject([
    { status: 'succeeded' },
    { status: 'succeeded', moderation: { Suggestion: 'pass' } },
  ])
  expect(system.tasksOf(FileId)).toHaveLength(3)
})

it('one key twice is refused before anything is sent, and says to pass another key', async () => {
  const FileId = await system.media()
  const input = { request: { FileId, ProcedureName: 'one' } }
  const error = await run('sideBySide', [[input, input]]).catch((error) => error)
  expect(String(error.cause?.message)).toContain('pass another key')
})

it('and allowed with a key of its own: two tasks, on purpose', async () => {
  const FileId = await system.media()
  const request = { FileId, ProcedureName: 'one' }
  const outcomes = await run('sideBySide', [[{ request }, { request, key: 'again' }]])
  expect(outcomes[0].TaskId).not.toBe(outcomes[1].TaskId)
  expect(system.tasksOf(FileId)).toHaveLength(2)
})

it('a step is canceled with its scope, and the workflow goes on', async () => {
  const FileId = await system.media()
  expect(await run('cancelOne', [{ request: { FileId, ProcedureName: 'one' } }])).toBe(
    'canceled, and the workflow lives on',
  )
})

it.each([
  ['a workflow retry policy', 'failsOnce', {}, { retry: { maximumAttempts: 2, initialInterval: 10 } }],
  ['continue-as-new under one idempotencyKey', 'continues', { idempotencyKey: 'this-week' }, {}],
])('%s is the same work, and so the same task', async (_, type, key, more) => {
  const FileId = await system.media()
  const input = { request: { FileId, ProcedureName: 'two' }, delays: { listings: [200] }, ...key }
  expect(await run(type, [input], more)).toMatchObject({
    status: 'succeeded',
    TaskId: system.tasksOf(FileId)[0]?.TaskId,
    attempts: [{ attempt: 1, recovered: true }],
  })
  expect(system.tasksOf(FileId)).toHaveLength(2)
})

it('a run that was continued as new has new work: the same request is a second task, on purpose', async () => {
  const FileId = await system.media()
  const input = { request: { FileId, ProcedureName: 'one' } }
  expect(await run('continues', [input])).toMatchObject({ attempts: [{ recovered: false }] })
  expect(system.tasksOf(FileId)).toHaveLength(2)
})
