import { ApplicationFailure, type WorkflowExecutionInfo, WorkflowFailedError } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BatchState } from '../../src/contract/batch.js'
import { submitTypes } from '../../src/contract/runNames.js'
import { type System, startSystem } from '../support/system.js'
import { ownWorkflows } from '../support/workflowCode.js'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system?.close())

const request = { FileId: '528', ProcedureName: 'one' }
const batch = { source: { FileIds: ['528'] }, ProcedureName: 'one' }
const upload = { FileId: '528', work: { ProcedureName: 'one' } }

/** What each workflow takes. */
const good: Readonly<Record<string, object>> = {
  ...Object.fromEntries([...submitTypes.keys()].map((type) => [type, { request }])),
  adoptTask: { TaskId: 'a-task' },
  processUpload: upload,
  processBatch: batch,
  sweep: { account: 'default' },
}
const types = Object.keys(good)

interface Start {
  readonly cronSchedule?: string
  readonly retry?: { readonly maximumAttempts: number }
  readonly workflowRunTimeout?: number
  readonly workflowId?: string
}

/** Why a run was refused, once nothing but its first task has been done. */
async function refusal(type: string, input: unknown, start: Start = {}): Promise<string> {
  const { workflow } = system.vodflow.client
  const args = input === undefined ? [] : [input]
  const options = { workflowId: `named-${type}-${Math.random()}`, taskQueue: 'vodflow', args, ...start }
  const run = await workflow.start(type, options)
  const error = await run.result().catch((error: unknown) => error)
  if (!(error instanceof WorkflowFailedError)) return `not refused: ${JSON.stringify(error)}`
  const { cause } = error
  expect(cause).toBeInstanceOf(ApplicationFailure)
  expect(cause).toMatchObject({ type: 'InvalidInput', nonRetryable: true })
  const { events } = await workflow.getHandle(run.workflowId, run.firstExecutionRunId).fetchHistory()
  // On a busy machine a workflow task may have timed out before.
  const isTask = (name = '') => /^workflowTask(Scheduled|Started|TimedOut)/.test(name)
  expect(events?.map(({ attributes }) => attributes).filter((name) => !isTask(name))).toEqual([
    'workflowExecutionStartedEventAttributes',
    'workflowTaskCompletedEventAttributes',
    'workflowExecutionFailedEventAttributes',
  ])
  return cause?.message ?? ''
}

const aliases: readonly unknown[] = [
  'a\ud83c',
  '\udf55',
  'x'.repeat(2_000),
  'x'.repeat(33),
  '',
  5,
  0,
  null,
  true,
  [],
  ['default'],
  {},
  { toString: 1 },
  'Default',
  'default\n',
  'default\0',
  '/_sys/default',
  '../default',
  'a.read',
  '__proto__',
]

describe.each(types)('%s', (type) => {
  it('takes no account that is none', async () => {
    const words = await Promise.all(aliases.map((account) => refusal(type, { ...good[type], account })))
    for (const [index, each] of words.entries())
      expect([aliases[index], each]).toEqual([
        aliases[index],
        expect.stringMatching(/^account: is [^;]+; pass 1 to 32 lower-case letters, digits or hyphens$/),
      ])
  })

  it('takes no input that is none', async () => {
    const inputs = [undefined, null, 5, 'text', true, [], [good[type]], {}, { __proto__: null, x: 1 }]
    const words = await Promise.all(inputs.map((input) => refusal(type, input)))
    for (const each of words) expect(each).toMatch(/^[\w.]+: (is|has) [^;]+; (pass|use|leave|check|write) /)
  })

  it('takes no field that is not known, whatever its name', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'Account', 'x\ud83c', 'n'.repeat(100_000), '']
    const inputs = names.map((name) => JSON.parse(`{${JSON.stringify(name)}: 1}`) as object)
    const words = await Promise.all(
      inputs.map((input) => refusal(type, Object.assign(copy(input), good[type]))),
    )
    for (const each of words) {
      expect(each).toMatch(/: is not known; (check its spelling|write account|the fields of VOD)/)
      expect(each.length).toBeLessThan(200)
    }
  })
})

/** With `__proto__` as a name like any other. */
function copy(input: object): object {
  return Object.defineProperties({}, Object.getOwnPropertyDescriptors(input))
}

const deep = JSON.parse(`${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`) as unknown
const ids: readonly unknown[] = [5, null, {}, [], { toString: 1 }, 'a\ud83c', true]

const stepProblems: readonly (readonly [RegExp, object])[] = [
  ...ids.flatMap((id) => [
    [/^request\.FileId: /, { request: { ...request, FileId: id } }] as const,
    [/^request\.ProcedureName: /, { request: { ...request, ProcedureName: id } }] as const,
    [/^request\.MediaStoragePath: /, { request: { ...request, MediaStoragePath: id } }] as const,
    [/^key: /, { request, key: id }] as const,
    [/^idempotencyKey: /, { request, idempotencyKey: id }] as const,
    [/^report: /, { request, report: id }] as const,
  ]),
  ...['ä', ' ', 'a b', 'x'.repeat(201), 'a\n', '\0'].map((key) => [/^key: /, { request, key }] as const),
  ...[0, -1, 1.5, '1500000001', 2 ** 60, null].map(
    (SubAppId) => [/^request\.SubAppId: /, { request: { ...request, SubAppId } }] as const,
  ),
  ...['yes', 1, null].map((callbacks) => [/^callbacks: /, { request, callbacks }] as const),
  ...['Repair', 1, null].map((onPartial) => [/^onPartial: /, { request, onPartial }] as const),
  ...[5, null, 'soon', [], { looks: 'soon' }, { looks: [-1] }, { polls: [] }, { lookJitter: 1 }].map(
    (delays) => [/^delays[.\w]*: /, { request, delays }] as const,
  ),
  [/^delays\.looks: /, { request, delays: { looks: Array.from({ length: 1_001 }, () => 1) } }],
  [/^delays\.overdue: /, { request, delays: { overdue: 1e300 } }],
  [/^request: is nested/, { request: { ...request, ExtInfo: deep } }],
  [/^request: is null/, { request: null }],
  [/^report: is only for runs that a batch starts/, { request, report: 'some-batch' }],
]

it('a step builds nothing from what does not fit', async () => {
  const words = await Promise.all(
    stepProblems.map(async ([, input], index) => {
      const type = types[index % submitTypes.size] as string
      return refusal(type, input)
    }),
  )
  for (const [index, [expected]] of stepProblems.entries()) expect(words[index]).toMatch(expected)
})

it.each<[string, RegExp, object]>([
  ...[5, null, '', {}, 'a\ud83c', 'x'.repeat(201), 'a\0'].map(
    (TaskId) => ['adoptTask', /^TaskId: /, { TaskId }] satisfies [string, RegExp, object],
  ),
  ['adoptTask', /^SubAppId: /, { TaskId: 't', SubAppId: '5' }],
  [
    'adoptTask',
    /^delays\.polls: is empty; pass a list of 1 to 1,000 durations/,
    { TaskId: 't', delays: { polls: [] } },
  ],
  ['processUpload', /^FileId: /, { ...upload, FileId: '../x y' }],
  ['processUpload', /^name: /, { ...upload, name: 'a/b' }],
  ['processUpload', /^tasks: /, { ...upload, tasks: 'all' }],
  ['processUpload', /^tasks\.1: /, { ...upload, tasks: ['t', 5] }],
  ['processUpload', /^maxAge: /, { ...upload, maxAge: 'P1D' }],
  ['processUpload', /^match\.namePrefix: /, { ...upload, match: { namePrefix: 5 } }],
  ['processUpload', /^work: is missing/, { FileId: '528' }],
  [
    'processUpload',
    /^work\.workflowType: /,
    { ...upload, work: { workflowType: 'a\ud83c', taskQueue: 'q' } },
  ],
  ['processUpload', /^work\.taskQueue: /, { ...upload, work: { workflowType: 'a', taskQueue: 'q\udf55' } }],
  ['processUpload', /^work\.taskQueue: /, { ...upload, work: { workflowType: 'a', taskQueue: '' } }],
  ['processUpload', /^work\.taskQueue: /, { ...upload, work: { workflowType: 'a', taskQueue: '/_sys/x' } }],
  [
    'processUpload',
    /^work\.taskQueue: /,
    { ...upload, work: { workflowType: 'a', taskQueue: 'q'.repeat(1_001) } },
  ],
  [
    'processUpload',
    /^work\.workflowType: /,
    { ...upload, work: { workflowType: 'ä'.repeat(500), taskQueue: 'q' } },
  ],
  ['processBatch', /^source: /, { ProcedureName: 'one' }],
  ['processBatch', /^source\.FileIds\.1: /, { ...batch, source: { FileIds: ['1', 'a\ud83c'] } }],
  ['processBatch', /^source\.FileIds: /, { ...batch, source: { FileIds: [] } }],
  ['processBatch', /^source\.file: /, { ...batch, source: { file: '../worker.env' } }],
  ['processBatch', /^source\.file: /, { ...batch, source: { file: '..' } }],
  ['processBatch', /^source\.file: /, { ...batch, source: { file: '/etc/passwd' } }],
  ['processBatch', /^source\.search\.\w+: /, { ...batch, source: { search: deep } }],
  ['processBatch', /^maxTasks: /, { ...batch, maxTasks: Number.MAX_VALUE }],
  ['processBatch', /^window: /, { ...batch, window: 2_001 }],
  ['processBatch', /^TasksPriority: /, { ...batch, TasksPriority: 11 }],
  ['sweep', /^SubAppId: /, { account: 'default', SubAppId: '1500000002' }],
  ['sweep', /^watermark: /, { account: 'default', watermark: 1e300 }],
  ['sweep', /^times\.interval: /, { account: 'default', times: { interval: 'often' } }],
  ['sweep', /^times\.interval: /, { account: 'default', times: { interval: 1e12 } }],
])('%s %s', async (type, expected, input) => {
  expect(await refusal(type, input)).toMatch(expected)
})

it.each([
  [
    'processMediaByProcedure',
    [{ request: { FileId: '528', ProcedureName: 'one' } }, { idempotencyKey: 'k' }],
  ],
  ['processBatch', [batch, { maxTasks: 1 }, 'x']],
  ['adoptTask', [{ TaskId: 't' }, null]],
])('%s with a second argument, which would be ignored', async (workflowType, args) => {
  const run = await system.vodflow.client.workflow.start(workflowType, {
    workflowId: `arguments-${workflowType}`,
    taskQueue: 'vodflow',
    args,
  })
  const failed = await run.result().catch((error) => error)
  expect(failed.cause).toMatchObject({
    type: 'InvalidInput',
    message: `arguments: are ${args.length}, not one; pass one argument, with every option as a field of it`,
  })
})

it('a batch whose workflow id leaves no room for those of its runs is refused', async () => {
  expect(await refusal('processBatch', batch, { workflowId: `b${'ä'.repeat(470)}` })).toMatch(/^workflowId: /)
})

describe('the state of a batch counts only where the batch itself has continued as new', () => {
  const counts = { read: 0, started: 0, skipped: 0, missing: 0, repeated: 0, tasks: 0 }
  const state = {
    template: { TaskTypes: ['Procedure'], outputs: [], UpdateTime: '' },
    waiting: ['528'],
    running: {},
    beats: 0,
    counts: { ...counts, ended: {} as BatchState['counts']['ended'] },
    failures: [],
    window: 100,
    paused: false,
    day: { date: '2026-01-01', tasks: 0 },
    meanMs: 0,
    startedAt: 0,
  } satisfies BatchState

  it.each<[string, object]>([
    [
      'a file above the folder',
      { source: { file: 'list.txt' }, state: { ...state, cursor: { read: 0, file: '../worker.env' } } },
    ],
    ['a budget of its own', { state: { ...state, day: { date: '2026-01-01', tasks: -1_000 } } }],
    ['counts', { state: { ...state, counts: { ...state.counts, tasks: -5 } } }],
    ['what nobody can read', { state: 'all done' }],
    ['nothing', { state: null }],
    ['an empty one', { state: {} }],
  ])('not %s', async (_, given) => {
    expect(await refusal('processBatch', { ...batch, ...given })).toBe(
      'state: is only for a batch that continues as new; leave it out',
    )
  })

  const { workflowId, args } = { workflowId: 'again', args: [{ ...batch, state }] }

  async function endedRuns(): Promise<WorkflowExecutionInfo[]> {
    const found: WorkflowExecutionInfo[] = []
    const query = `WorkflowId = "${workflowId}" AND ExecutionStatus != "Running"`
    for await (const run of system.vodflow.client.workflow.list({ query })) found.push(run)
    return found
  }

  async function scheduled(): Promise<number> {
    const { workflow } = system.vodflow.client
    const histories = (await endedRuns()).map(({ runId }) =>
      workflow.getHandle(workflowId, runId).fetchHistory(),
    )
    const events = (await Promise.all(histories)).flatMap((history) => history.events ?? [])
    return events.filter((event) => event.activityTaskScheduledEventAttributes).length
  }

  it('not in a later tick of a cron schedule', async () => {
    const { workflow } = system.vodflow.client
    await workflow.start('processBatch', {
      taskQueue: 'vodflow',
      workflowId,
      args,
      cronSchedule: '@every 1s',
    })
    await expect.poll(async () => (await endedRuns()).length).toBeGreaterThanOrEqual(3)
    await workflow.getHandle(workflowId).terminate()
    expect(await scheduled()).toBe(0)
  })

  it('not in a retry of an attempt that no worker has seen', async () => {
    const { workflow } = system.vodflow.client
    const before = (await endedRuns()).length
    const taskQueue = 'nobody-yet'
    const retry = { maximumAttempts: 100, initialInterval: 1 }
    const connection = await NativeConnection.connect({ address: system.temporal.address })
    const worker = await Worker.create({ connection, taskQueue, ...ownWorkflows })
    await workflow.start('processBatch', { taskQueue, workflowId, args, retry, workflowRunTimeout: 2_000 })
    await expect.poll(async () => (await endedRuns()).length).toBeGreaterThan(before)
    await worker.runUntil(async () => {
      await expect(workflow.getHandle(workflowId).result()).rejects.toMatchObject({
        cause: {
          type: 'InvalidInput',
          message: expect.stringMatching(/^state: is the state of a failed batch/),
        },
      })
    })
    await connection.close()
    expect(await scheduled()).toBe(0)
  })
})

it('and a good job is done', async () => {
  const run = await system.vodflow.process({ FileId: await system.media(), ProcedureName: 'one' })
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
})
