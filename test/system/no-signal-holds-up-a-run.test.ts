import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hintSignal, someTask } from '../../src/contract/hint.js'
import { sessionIdOf } from '../../src/contract/identity.js'
import { lateResultType } from '../../src/contract/runNames.js'
import { maxKeptHints } from '../../src/workflows/run/keptHints.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 300 })
})
afterEach(() => system.vod.faults.clear())
afterAll(() => system?.close())

/** WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND */
const overtaken = 1

const text = (value: string) => new TextEncoder().encode(value)
const json = { encoding: text('json/plain') }

/** Payloads that no converter can read: anyone with access to the namespace can send them. */
const unreadable = {
  'half a JSON': { metadata: json, data: text('{"v":1,') },
  'no text at all': { metadata: json, data: Uint8Array.of(0xff, 0xfe, 0xed) },
  'another encoding': { metadata: { encoding: text('binary/nobody-knows') }, data: text('x') },
  'encrypted, where nothing is': {
    metadata: { encoding: text('binary/encrypted'), 'encryption-key-id': text('k1') },
    data: text('abc'),
  },
  'no encoding': { metadata: {}, data: text('x') },
  nothing: {},
} as const

const names = ['vodflow.hint', 'vodflow.detach', 'vodflow.batch.ended', 'of-nobody']
const kinds = Object.keys(unreadable) as (keyof typeof unreadable)[]

async function send(
  run: { readonly workflowId: string },
  signalName: string,
  payload: object,
): Promise<void> {
  const { workflowService, options } = system.vodflow.client
  await workflowService.signalWorkflowExecution({
    namespace: options.namespace,
    workflowExecution: { workflowId: run.workflowId },
    signalName,
    input: { payloads: [payload] },
  })
}

/** Why a decision of such a payload is refused to its caller. */
async function refusalOf(run: { readonly workflowId: string }, payload: object): Promise<string> {
  const { workflowService, options } = system.vodflow.client
  const { outcome } = await workflowService.updateWorkflowExecution({
    namespace: options.namespace,
    workflowExecution: { workflowId: run.workflowId },
    // UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
    waitPolicy: { lifecycleStage: 3 },
    request: {
      meta: { updateId: `odd-${Math.random()}`, identity: 'a test' },
      input: { name: 'vodflow.decide', args: { payloads: [payload] } },
    },
  })
  return outcome?.failure?.message ?? 'not refused'
}

async function failedTasks({ workflowId }: { readonly workflowId: string }): Promise<number> {
  const { events } = await system.vodflow.client.workflow.getHandle(workflowId).fetchHistory()
  const failures = (events ?? []).flatMap((event) => event.workflowTaskFailedEventAttributes ?? [])
  // Those pass by themselves: the run ended while a signal came, or a read ended together with one.
  return failures.filter(
    ({ cause, failure }) => cause !== overtaken && failure?.applicationFailureInfo?.type !== lateResultType,
  ).length
}

describe('a signal that nobody can read is ignored', () => {
  it.each(kinds)('%s, while the run waits', async (kind) => {
    const run = await system.vodflow.process({ FileId: await system.media(), ProcedureName: 'one' })
    await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
    for (const name of names) await send(run, name, unreadable[kind])
    expect(await run.result()).toMatchObject({ status: 'succeeded' })
    expect(await failedTasks(run)).toBe(0)
  })

  it.each(kinds)('%s, and as a decision it is refused to its caller', async (kind) => {
    system.vod.faults.add({ kind: 'dropCallback' })
    const run = await system.vodflow.process({ FileId: await system.media(), ProcedureName: 'one' })
    await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
    const refusal = await refusalOf(run, unreadable[kind])
    expect(refusal).not.toBe('not refused')
    if (kind === 'encrypted, where nothing is') expect(refusal).toContain('VODFLOW_PAYLOAD_KEYS is not set')
    expect(await failedTasks(run)).toBe(0)
    await run.cancel()
  })

  it.each(kinds)('%s, before the run has begun', async (kind) => {
    const { workflow } = system.vodflow.client
    const args = [{ request: { FileId: await system.media(), ProcedureName: 'one' } }]
    const workflowId = `early-${Math.random()}`
    const handle = await workflow.start('processMediaByProcedure', {
      workflowId,
      taskQueue: 'vodflow',
      args,
      startDelay: 300,
    })
    for (const name of names) await send(handle, name, unreadable[kind])
    expect(await handle.result()).toMatchObject({ status: 'succeeded' })
    expect(await failedTasks(handle)).toBe(0)
  })
})

/** Asks until told to stop. Temporal gives some of the queries to the worker together with a workflow task. */
function asking(workflowId: string, queryType: string, payload: object) {
  const { workflowService, options } = system.vodflow.client
  const answers = new Set<string>()
  let isOver = false
  const ask = async () => {
    while (!isOver) {
      const query = { queryType, queryArgs: { payloads: [payload] } }
      await workflowService
        .queryWorkflow({ namespace: options.namespace, execution: { workflowId }, query })
        .then(
          () => answers.add('answered'),
          (error: Error) => answers.add(error.message),
        )
    }
  }
  const asked = Promise.all(Array.from({ length: 4 }, ask))
  return async () => {
    isOver = true
    await asked
    return [...answers]
  }
}

describe('a query that nobody can read fails alone', () => {
  it.each(kinds)('%s, all the time while the run works', async (kind) => {
    const workflowId = `asked-${Math.random()}`
    const stops = ['vodflow.steps', 'of-nobody', '__temporal_of_nobody'].map((name) =>
      asking(workflowId, name, unreadable[kind]),
    )
    const handle = await system.vodflow.client.workflow.start('processMediaByProcedure', {
      workflowId,
      taskQueue: 'vodflow',
      args: [{ request: { FileId: await system.media(), ProcedureName: 'one' } }],
    })
    expect(await handle.result()).toMatchObject({ status: 'succeeded' })
    const answers = (await Promise.all(stops.map((stop) => stop()))).flat()
    expect(answers).not.toEqual([])
    expect(await failedTasks(handle)).toBe(0)
  })
})

it('a hint that comes before its run has begun is kept, also among forged ones', async () => {
  system.vod.faults.add({ kind: 'dropCallback' })
  const { workflow } = system.vodflow.client
  const idempotencyKey = `early-${Math.random()}`
  const submission = { idempotencyKey, account: 'default', SubAppId: undefined, attempt: 1 }
  const SessionId = sessionIdOf({ ...submission, action: 'ProcessMediaByProcedure' })
  const input = { request: { FileId: await system.media(), ProcedureName: 'one' }, idempotencyKey }
  const handle = await workflow.start('processMediaByProcedure', {
    workflowId: idempotencyKey,
    taskQueue: 'vodflow',
    args: [{ ...input, delays: { lag: [100, 500, 2_000] } }],
    startDelay: '4 seconds',
  })
  await handle.signal(hintSignal, { v: 1, SessionId, TaskId: someTask, terminal: true, via: 'pull' })
  const forged = Array.from({ length: maxKeptHints + 20 }, (_, n) => `forged-${n}`)
  await Promise.all(
    forged.map((TaskId) => handle.signal(hintSignal, { v: 1, SessionId: 'another', TaskId, terminal: true })),
  )
  expect(await handle.result()).toMatchObject({ status: 'succeeded', endedBy: 'pull' })
})

describe('a workflow of a user that waits for its handlers ends', () => {
  const workflowIdOf = (kind: string) => `waits-${kind.replaceAll(' ', '-')}`
  let theirs: Theirs
  beforeAll(async () => {
    const { workflow } = system.vodflow.client
    for (const kind of kinds) {
      const workflowId = workflowIdOf(kind)
      await workflow.start('waitsForHandlers', { workflowId, taskQueue: 'theirs-waitsForHandlers' })
      for (const name of names) await send({ workflowId }, name, unreadable[kind])
    }
    theirs = await startTheirs(system, 'waitsForHandlers')
  })
  afterAll(() => theirs?.close())

  it.each(kinds)('although its signals cannot be read, before and after its start: %s', async (kind) => {
    const handle = system.vodflow.client.workflow.getHandle(workflowIdOf(kind))
    const begun = async () =>
      (await handle.fetchHistory()).events?.some((event) => event.workflowTaskCompletedEventAttributes)
    await expect.poll(begun).toBe(true)
    for (const name of names) await send(handle, name, unreadable[kind])
    await handle.signal('end')
    expect(await handle.result()).toBe('ended')
    expect(await failedTasks(handle)).toBe(0)
  })
})

/** Readable, and nothing that a run takes. */
const odd: readonly unknown[] = [
  null,
  5,
  'text',
  [],
  {},
  { v: 1 },
  { __proto__: { v: 1 } },
  { v: 1, SessionId: 'a\ud83c', TaskId: 't', terminal: true },
  { v: 1, SessionId: 's', TaskId: '\udf55', terminal: true },
  { v: 1, SessionId: 's', TaskId: 't'.repeat(100_000), terminal: true },
  { FileId: 'constructor', status: 'succeeded', reason: 'r', of: {} },
  { FileId: '__proto__', status: '__proto__', reason: 5, of: null },
]

it('of thousands of unreadable signals a run keeps a record of the first hundred', async () => {
  system.vod.faults.add({ kind: 'hang', action: 'ProcessMediaByProcedure', times: 1 })
  const run = await system.vodflow.process(
    { FileId: await system.media(), ProcedureName: 'one' },
    { callbacks: true },
  )
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let sent = 0; sent < 50; sent++) await send(run, 'vodflow.detach.x', unreadable['no encoding'])
    }),
  )
  await expect.poll(() => run.progress()).toMatchObject({ attempt: 1 })
  const { events } = await system.vodflow.client.workflow.getHandle(run.workflowId).fetchHistory()
  const markers = (events ?? []).filter(
    (event) => event.markerRecordedEventAttributes?.markerName === 'core_patch',
  )
  expect(markers).toHaveLength(100)
})

it('a signal that says nothing is ignored, and so are queries and updates', async () => {
  // Nothing ends it before all has been sent.
  system.vod.faults.add({ kind: 'dropCallback' })
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
  const handle = system.vodflow.client.workflow.getHandle(run.workflowId)
  for (const payload of odd) {
    for (const name of names) await handle.signal(name, payload)
    await handle.query('vodflow.progress', payload)
    await handle.query('vodflow.view', payload)
    await expect(handle.executeUpdate('vodflow.decide', { args: [payload] })).rejects.toThrow()
  }
  const [{ SessionId, TaskId } = { SessionId: '', TaskId: '' }] = system.tasksOf(FileId)
  await handle.signal('vodflow.hint', { v: 1, SessionId, TaskId, terminal: true })
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
  expect(await failedTasks(run)).toBe(0)
})
