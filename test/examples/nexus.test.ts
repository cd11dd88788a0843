import type { WorkflowHandle } from '@temporalio/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunInput } from 'vodflow/workflows'
import { publishVideo } from '../../examples/nexus/callerWorkflow.js'
import { shopQueue, startTeams, type Teams } from '../../examples/nexus/teams.js'
import { type System, startSystem } from '../support/system.js'

const jobMs = 2_000

let system: System
let teams: Teams
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: jobMs })
  teams = await startTeams(system.temporal.address)
})
afterAll(async () => {
  await teams?.close()
  await system?.close()
})

let calls = 0
const start = (input: RunInput) =>
  teams.shop.workflow.start(publishVideo, {
    workflowId: `publish-${calls++}`,
    taskQueue: shopQueue,
    args: [input],
  })
const publish = async (input: RunInput) => (await start(input)).result()

async function eventsOf(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory()
  return (events ?? []).flatMap((event) => Object.keys(event))
}

/** What a person sees who opens the failed workflow: every message down to the root. */
async function storyOf(input: RunInput): Promise<string> {
  const lines: string[] = []
  let error: unknown = await publish(input).catch((error) => error)
  for (; error instanceof Error; error = error.cause) lines.push(error.message)
  return lines.join('\n')
}

it('a workflow of another namespace has the outcome, and later asks again without another task', async () => {
  const FileId = await system.media()
  const input = { request: { FileId, ProcedureName: 'one' } }
  const outcome = await publish(input)
  const [task] = system.tasksOf(FileId)
  expect(outcome).toMatchObject({ status: 'succeeded', FileId, TaskId: task?.TaskId })
  expect(await publish(input)).toEqual(outcome)
  expect(system.tasksOf(FileId)).toHaveLength(1)
})

it('a job of which VOD refuses every sub-task fails the workflow of the other team, with the cause', async () => {
  system.vod.faults.add({ kind: 'failSubTask', Type: '*', code: 'InvalidInput.DefinitionNotExist', times: 1 })
  const input = { request: { FileId: await system.media(), ProcedureName: 'one' } }
  expect(await storyOf(input)).toContain('InvalidInput.DefinitionNotExist')
})

it('two callers at once, and an app of the media team, share one task', async () => {
  const FileId = await system.media()
  const request = { FileId, ProcedureName: 'one' }
  const callers = await Promise.all([start({ request }), start({ request })])
  const app = system.vodflow.process(request).then((run) => run.result())
  const outcomes = await Promise.all([...callers.map((caller) => caller.result()), app])
  const [task] = system.tasksOf(FileId)
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'succeeded', TaskId: task?.TaskId })
  }
  expect(system.tasksOf(FileId)).toHaveLength(1)
  // By a callback that the run holds, not by a handler that is kept waiting.
  for (const caller of callers)
    expect(await eventsOf(caller)).toContain('nexusOperationStartedEventAttributes')
})

it('a template that VOD does not have is refused with words, the first time and every other', async () => {
  const input = { request: { FileId: await system.media(), ProcedureName: 'nowhere' } }
  const words = /InvalidParameterValue\.ProcedureName.*Create the template/s
  expect(await storyOf(input)).toMatch(words)
  expect(await storyOf(input)).toMatch(words)
})

it.each([
  ['no request', undefined, /request: missing/],
  ['no media', { request: { ProcedureName: 'one' } }, /request\.FileId: is missing/],
  [
    'a batch to report to',
    { request: { FileId: '528', ProcedureName: 'one' }, report: 'vod/batch' },
    /report: .*leave it out/,
  ],
])('%s fails at once, and is not asked again and again', async (_, input, words) => {
  expect(await storyOf(input as RunInput)).toMatch(words)
})

it.each<[string, object, readonly string[]]>([
  ['another file and procedure', { FileId: 'another', ProcedureName: 'two' }, ['FileId', 'ProcedureName']],
  ['another file', { FileId: 'another' }, ['FileId']],
  ['another procedure', { ProcedureName: 'two' }, ['ProcedureName']],
  ['another context', { SessionContext: 'vid=2' }, ['SessionContext']],
])('a key that names the job of %s is refused, before and after its end', async (_, other, fields) => {
  const [FileId, another] = [await system.media(), await system.media()]
  const idempotencyKey = `order-${FileId}`
  const request = { FileId, ProcedureName: 'one' }
  const job = await start({ request, idempotencyKey })
  await expect.poll(() => system.tasksOf(FileId)).toHaveLength(1)
  const asked = { ...request, ...other }
  const differs = {
    request: { ...asked, FileId: asked.FileId === 'another' ? another : FileId },
    idempotencyKey,
  }
  const words = `it differs in ${fields.join(', ')};`
  expect(await storyOf(differs)).toContain(words)
  expect(await job.result()).toMatchObject({ status: 'succeeded', FileId })
  expect(await storyOf(differs)).toContain(words)
  expect(system.tasksOf(FileId)).toHaveLength(1)
  expect(system.tasksOf(another)).toHaveLength(0)
})

it('a key that an app of the media team has used for another request is refused', async () => {
  const [FileId, another] = [await system.media(), await system.media()]
  const idempotencyKey = `order-${FileId}`
  await system.vodflow.process({ FileId, ProcedureName: 'one' }, { idempotencyKey })
  const input = { request: { FileId: another, ProcedureName: 'one' }, idempotencyKey }
  expect(await storyOf(input)).toContain('it differs in FileId;')
  expect(system.tasksOf(another)).toHaveLength(0)
})

it('a caller that is canceled leaves at once; the other still has its outcome', async () => {
  const FileId = await system.media()
  const input = { request: { FileId, ProcedureName: 'one' } }
  const [leaves, stays] = await Promise.all([start(input), start(input)])
  await expect.poll(() => system.tasksOf(FileId)).toHaveLength(1)
  await leaves.cancel()
  const left = leaves.result().catch(() => 'left')
  expect(await Promise.race([left, stays.result().then(() => 'stayed')])).toBe('left')
  expect((await leaves.describe()).status.name).toBe('CANCELLED')
  expect(await stays.result()).toMatchObject({ status: 'succeeded' })
})
