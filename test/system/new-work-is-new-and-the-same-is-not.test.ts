import { fileURLToPath } from 'node:url'
import { type Client, Client as TemporalClient, WithStartWorkflowOperation } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/vod/outcome.js'
import { type Operator, startOperator } from '../support/operator.js'
import { type System, startSystem } from '../support/system.js'
import type { Tree } from '../support/tree.js'

let system: System
let operator: Operator
beforeAll(async () => {
  system = await startSystem({ media: 'instant', instantMs: 100, reviewMs: 100 })
  operator = await startOperator(system)
})
afterAll(async () => {
  await operator?.close()
  await system?.close()
})

const delays = { listings: [200], polls: [100, 300], listingsGiveUp: 2_000 }
const inputOf = (FileId: string, more: object = {}) => ({
  request: { FileId, ProcedureName: 'one' },
  delays,
  ...more,
})
const step = (FileId: string, more: object = {}): Tree => ({
  do: 'step',
  step: 'processMediaByProcedure',
  input: inputOf(FileId, more),
})
const inChild = (FileId: string, id?: string): Tree => ({
  do: 'stepInChild',
  step: 'processMediaByProcedure',
  input: inputOf(FileId),
  ...(id === undefined ? {} : { id }),
})
const row = (...trees: Tree[]): Tree => ({ do: 'row', trees })
const next = (tree: Tree): Tree => ({ do: 'next', tree })
const failBefore = (attempt: number): Tree => ({ do: 'failBefore', attempt })

const handleOf = (workflowId: string) => operator.client.workflow.getHandle(workflowId)
const resultOf = (workflowId: string): Promise<Outcome[]> => handleOf(workflowId).result()
const tasksOf = (FileId: string) => system.tasksOf(FileId).length
/** The innermost message: what a person reads. */
const problemOf = async (result: Promise<unknown>): Promise<string> => {
  let error = await result.then(
    () => undefined,
    (error: unknown) => error,
  )
  while (error instanceof Error && error.cause) error = error.cause
  return String(error)
}

describe('a workflow retry policy', () => {
  const retry = (maximumAttempts: number) => ({ retry: { maximumAttempts, initialInterval: 10 } })
  const trees: Readonly<Record<string, (media: string) => [Tree, number]>> = {
    'of a run that fails after its step': (media) => [row(step(media), failBefore(2)), 2],
    'that runs a run three times': (media) => [row(step(media), failBefore(3)), 3],
    'of a parent': (media) => [row(inChild(media), failBefore(2)), 2],
    'of a parent whose child has a workflow id': (media) => [
      row(inChild(media, `of-${media}`), failBefore(2)),
      2,
    ],
    'of a child': (media) => [{ do: 'child', retries: 2, tree: row(step(media), failBefore(2)) }, 1],
    'of a child and of its parent': (media) => [
      row({ do: 'child', retries: 2, tree: row(step(media), failBefore(2)) }, failBefore(2)),
      2,
    ],
    'of a grandchild': (media) => [
      row(
        { do: 'child', tree: { do: 'child', retries: 3, tree: row(inChild(media), failBefore(3)) } },
        failBefore(2),
      ),
      2,
    ],
    'of a run that was continued as new': (media) => [
      row(failBefore(2), next(row(step(media), failBefore(3)))),
      4,
    ],
  }
  it.concurrent.each(Object.keys(trees))('%s: the same work, one task', async (name) => {
    const media = await system.media()
    const [tree, attempts] = (trees[name] as (media: string) => [Tree, number])(media)
    const workflowId = await operator.start(tree, attempts > 1 ? retry(attempts) : {})
    expect((await resultOf(workflowId)).every(({ status }) => status === 'succeeded')).toBe(true)
    expect(tasksOf(media)).toBe(1)
  })

  const two = (trees: readonly [Tree, Tree]): Tree => row({ do: 'turned', trees }, failBefore(3))
  const childWith = (media: string, more: object): Tree => {
    const child = inChild(media)
    return child.do === 'stepInChild' ? { ...child, input: { ...child.input, ...more } } : child
  }
  const keyed = (media: string) => childWith(media, { key: 'main' })
  const turned: Readonly<Record<string, (one: string, other: string) => Tree>> = {
    'of their own': (one, other) => two([inChild(one), inChild(other)]),
    'with the same key': (one, other) => two([keyed(one), keyed(other)]),
    'with a workflow id': (one, other) => two([inChild(one, `of-${one}`), inChild(other, `of-${other}`)]),
    'in workflows of a user': (one, other) =>
      two([
        { do: 'child', tree: step(one) },
        { do: 'child', tree: step(other) },
      ]),
    'in workflows that read what to do from their id': (one, other) =>
      two([
        { do: 'childOfId', FileId: one },
        { do: 'childOfId', FileId: other },
      ]),
    'in workflows that read it from an id with the id of the run': (one, other) =>
      two([
        { do: 'childOfId', FileId: one, ofRun: true },
        { do: 'childOfId', FileId: other, ofRun: true },
      ]),
  }
  it.concurrent.each(Object.keys(turned))(
    'of a parent that starts its children in another order each time, %s',
    async (name) => {
      const media = [await system.media(), await system.media()] as const
      const workflowId = await operator.start(turned[name]?.(...media) as Tree, retry(3))
      expect((await resultOf(workflowId)).map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
      expect(media.map(tasksOf)).toEqual([1, 1])
    },
  )

  const written: Readonly<Record<string, (media: string) => readonly [Tree, Tree]>> = {
    'the default account left out, then given': (media) => [
      inChild(media),
      childWith(media, { account: 'default' }),
    ],
    'the same under a key': (media) => [keyed(media), childWith(media, { key: 'main', account: 'default' })],
    'its name in another form of Unicode': (media) => [
      { do: 'child', name: 'caf\u00e9', tree: step(media) },
      { do: 'child', name: 'cafe\u0301', tree: step(media) },
    ],
  }
  it.concurrent.each(Object.keys(written))(
    'of a parent that writes its child otherwise: %s',
    async (name) => {
      const media = await system.media()
      const trees = (written[name] as (media: string) => readonly [Tree, Tree])(media)
      const workflowId = await operator.start(row({ do: 'turn', trees }, failBefore(2)), retry(2))
      expect(await resultOf(workflowId)).toMatchObject([{ status: 'succeeded' }])
      expect(tasksOf(media)).toBe(1)
    },
  )

  it.each(['', ' '])('of a parent that gives its child no name but %j is refused', async (name) => {
    const media = await system.media()
    const workflowId = await operator.start({ do: 'child', name, tree: step(media) })
    expect(await problemOf(resultOf(workflowId))).toContain('memo vodflow.key: is empty')
    expect(tasksOf(media)).toBe(0)
  })

  const once = (media: string, id: string): Tree => ({
    do: 'child',
    id: `${id}-${media}`,
    once: true,
    tree: step(media),
  })
  const starts: Readonly<Record<string, (media: string) => [Tree, number]>> = {
    'that was canceled before it was sent takes no number': (media) => [
      row({ do: 'unsent', attempt: 1, tree: inChild(media) }, inChild(media), failBefore(2)),
      1,
    ],
    'that was canceled in the second attempt only takes none': (media) => [
      row({ do: 'unsent', attempt: 2, tree: inChild(media) }, inChild(media), failBefore(2)),
      1,
    ],
    'that is refused gives its number to no other id': (media) => [
      row(once(media, 'a'), failBefore(2), once(media, 'b')),
      2,
    ],
    'that is refused gives its number to none of several': (media) => [
      row(once(media, 'a'), failBefore(2), once(media, 'b'), failBefore(3), once(media, 'c')),
      3,
    ],
  }
  it.concurrent.each(Object.keys(starts))('a start of a child %s', async (name) => {
    const media = await system.media()
    const [tree, tasks] = (starts[name] as (media: string) => [Tree, number])(media)
    const outcomes = await resultOf(await operator.start(tree, retry(3)))
    expect(outcomes.every(({ status }) => status === 'succeeded')).toBe(true)
    expect(tasksOf(media)).toBe(tasks)
  })

  it('of a run that was reset in between, and retried again', { timeout: 60_000 }, async () => {
    const media = await system.media()
    const workflowId = await operator.start(row(step(media), failBefore(2), { do: 'wait' }), retry(3))
    const second = async () => {
      const { raw, runId } = await handleOf(workflowId).describe()
      return raw.workflowExecutionInfo?.firstRunId === runId ? [] : operator.boundaries(workflowId, runId)
    }
    await expect.poll(async () => (await second()).length, { timeout: 20_000 }).toBeGreaterThan(2)
    const { runId } = await handleOf(workflowId).describe()
    for (const to of await operator.boundaries(workflowId, runId)) {
      await operator.reset(workflowId, to, { runId })
      await handleOf(workflowId).signal('go')
      expect(await resultOf(workflowId)).toMatchObject([{ status: 'succeeded' }])
      expect(tasksOf(media)).toBe(1)
    }
  })
})

describe('a chain of continuations', () => {
  it('has new work in each run, and the work of each run is found when an operator goes back to any of them', {
    timeout: 120_000,
  }, async () => {
    const media = await system.media()
    const workflowId = await operator.start(row(step(media), next(row(inChild(media), next(step(media))))))
    const first = (await handleOf(workflowId).describe()).raw.workflowExecutionInfo?.firstRunId ?? ''
    await resultOf(workflowId)
    expect(tasksOf(media)).toBe(3)
    for (let back = 0; back < 3; back++) {
      // The first run, closed for long: it goes its whole way again.
      const [point = 0] = await operator.boundaries(workflowId, first)
      await operator.reset(workflowId, point, { runId: first })
      expect(await resultOf(workflowId)).toMatchObject([{ attempts: [{ recovered: true }] }])
      expect(tasksOf(media)).toBe(3)
    }
  })

  it('that was reset and goes on has new work again', { timeout: 60_000 }, async () => {
    const media = [await system.media(), await system.media(), await system.media()] as const
    const rest = next(row(step(media[1]), next(step(media[2]))))
    const workflowId = await operator.start(row(step(media[0]), { do: 'wait' }, rest))
    await expect
      .poll(async () => (await operator.boundaries(workflowId)).length, { timeout: 20_000 })
      .toBeGreaterThan(1)
    await operator.reset(workflowId, (await operator.boundaries(workflowId))[0] ?? 0)
    await handleOf(workflowId).signal('go')
    expect(await resultOf(workflowId)).toMatchObject([{ attempts: [{ recovered: false }] }])
    expect(media.map(tasksOf)).toEqual([1, 1, 1])
  })

  it('keeps to one task where each run gives the same idempotencyKey', async () => {
    const media = await system.media()
    const keyed = { idempotencyKey: `week-${media}` }
    const workflowId = await operator.start(
      row(step(media, keyed), next(row(step(media, keyed), next(step(media, keyed))))),
    )
    expect(await resultOf(workflowId)).toMatchObject([{ attempts: [{ recovered: true }] }])
    expect(tasksOf(media)).toBe(1)
  })
})

describe('a parent that starts a child again on purpose', () => {
  const again = (tree: Tree, times = 2): Tree => ({ do: 'again', tree, times })
  const trees: Readonly<Record<string, (media: string) => [Tree, number]>> = {
    'in a loop': (media) => [again(inChild(media), 3), 3],
    'under one workflow id': (media) => [again(inChild(media, `again-${media}`)), 2],
    'two at once': (media) => [{ do: 'together', trees: [inChild(media), inChild(media)] }, 2],
    'a workflow of its own with the step in it': (media) => [again({ do: 'child', tree: step(media) }), 2],
    'with a name': (media) => [again({ do: 'child', name: 'it', tree: step(media) }), 2],
    'in a grandchild': (media) => [again({ do: 'child', tree: again(inChild(media)) }), 4],
  }
  it.concurrent.each(Object.keys(trees))('%s: each is new work', async (name) => {
    const media = await system.media()
    const [tree, tasks] = (trees[name] as (media: string) => [Tree, number])(media)
    const outcomes = await resultOf(await operator.start(tree))
    expect(outcomes.flatMap(({ attempts }) => attempts.map(({ recovered }) => recovered))).toEqual(
      Array(tasks).fill(false),
    )
    expect(tasksOf(media)).toBe(tasks)
  })

  it('after a reset finds each of them again', { timeout: 60_000 }, async () => {
    const media = await system.media()
    const workflowId = await operator.start(again(inChild(media), 3))
    await resultOf(workflowId)
    const ids = new Set(system.tasksOf(media).map(({ TaskId }) => TaskId))
    await operator.reset(workflowId, (await operator.boundaries(workflowId))[0] ?? 0)
    const outcomes = await resultOf(workflowId)
    expect(new Set(outcomes.map(({ TaskId }) => TaskId))).toEqual(ids)
    expect(tasksOf(media)).toBe(3)
  })

  it('of a step awaited in the run itself is told to name a key', async () => {
    const media = await system.media()
    expect(await problemOf(resultOf(await operator.start(again(step(media)))))).toContain('name a key')
    expect(tasksOf(media)).toBe(1)
  })
})

describe('cronSchedule', () => {
  /** What the first tick of a run failed of. */
  async function firstTick(tree: Tree): Promise<string> {
    const workflowId = await operator.start(tree, { cronSchedule: '@every 1s' })
    const failureOf = async () => {
      const runId = (await handleOf(workflowId).describe()).raw.workflowExecutionInfo?.firstRunId ?? ''
      const { events } = await operator.client.workflow.getHandle(workflowId, runId).fetchHistory()
      let failed = events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure
      while (failed?.cause) failed = failed.cause
      return failed?.message ?? ''
    }
    await expect.poll(failureOf, { timeout: 30_000 }).not.toBe('')
    const failure = await failureOf()
    await handleOf(workflowId).terminate()
    return failure
  }

  it.each([
    ['of a run', (media: string) => step(media)],
    ['of a parent', (media: string) => inChild(media)],
    ['of a grandparent', (media: string): Tree => ({ do: 'child', tree: inChild(media) })],
    ['that ends by continuing as new', (media: string) => next(step(media))],
  ])('%s: the step is refused, and Temporal Schedules are named', { timeout: 60_000 }, async (name, tree) => {
    const media = await system.media()
    if (name === 'that ends by continuing as new') {
      const workflowId = await operator.start(tree(media), { cronSchedule: '@every 1s' })
      expect(await problemOf(resultOf(workflowId))).toMatch(/Temporal Schedule.*idempotencyKey/)
    } else expect(await firstTick(tree(media))).toMatch(/Temporal Schedule.*idempotencyKey/)
    expect(tasksOf(media)).toBe(0)
  })

  it('takes a step with an idempotencyKey', { timeout: 60_000 }, async () => {
    const media = await system.media()
    const keyed = step(media, { idempotencyKey: `tick-${media}` })
    const workflowId = await operator.start(keyed, { cronSchedule: '@every 1s' })
    await expect.poll(() => tasksOf(media), { timeout: 20_000 }).toBe(1)
    await handleOf(workflowId).terminate()
  })
})

describe('is as a first run', () => {
  const options = (workflowId: string, tree: Tree) => ({
    workflowId,
    taskQueue: 'theirs',
    args: [tree] as [Tree],
  })

  /** Starts a tree under an id that hangs on this one, and waits for it. */
  type Start = (client: Client, id: string, tree: Tree) => Promise<Outcome[]>
  const starts: Readonly<Record<string, Start>> = {
    'a Schedule': async (client, id, tree) => {
      const schedule = await client.schedule.create({
        scheduleId: id,
        spec: {},
        action: { type: 'startWorkflow', workflowType: 'tree', ...options(id, tree) },
        state: { triggerImmediately: true },
      })
      const started = async () => (await schedule.describe()).info.recentActions
      await expect.poll(async () => (await started()).length).toBe(1)
      return resultOf((await started())[0]?.action.workflow.workflowId ?? '')
    },
    signalWithStart: async (client, id, tree) => {
      await client.workflow.signalWithStart('tree', { ...options(id, tree), signal: 'go' })
      return resultOf(id)
    },
    updateWithStart: async (client, id, tree) => {
      const startWorkflowOperation = new WithStartWorkflowOperation('tree', {
        ...options(id, tree),
        workflowIdConflictPolicy: 'FAIL',
      })
      const decision = { gate: 'none', decision: 'approved', by: 'x', reason: 'y' }
      const update = { startWorkflowOperation, args: [decision] }
      await client.workflow.executeUpdateWithStart('vodflow.decide', update).catch(() => undefined)
      return resultOf(id)
    },
  }

  it.each(Object.entries(starts))(
    '%s: a refusal by VOD is believed',
    { timeout: 60_000 },
    async (_, start) => {
      const FileId = await system.media()
      const refused = step(FileId, { request: { FileId, ProcedureName: 'no-such-template' } })
      const result = start(operator.client, `refused-${FileId}`, refused)
      expect(await problemOf(result)).toContain('InvalidParameterValue.ProcedureName')
    },
  )

  it.each(Object.entries(starts))('%s: each start is new work', { timeout: 60_000 }, async (_, start) => {
    const media = await system.media()
    for (const tasks of [1, 2, 3]) {
      const outcomes = await start(operator.client, `start-${tasks}-${media}`, step(media))
      expect(outcomes).toMatchObject([{ status: 'succeeded', attempts: [{ recovered: false }] }])
      expect(tasksOf(media)).toBe(tasks)
    }
  })
})

describe('a header of somebody else', () => {
  const withHeader = (identity: unknown): Client =>
    new TemporalClient({
      connection: operator.client.connection,
      interceptors: {
        workflow: [
          {
            startWithDetails: (input, next) =>
              next({
                ...input,
                headers: { 'vodflow-identity': defaultPayloadConverter.toPayload(identity) },
              }),
          },
        ],
      },
    })

  it.each([
    ['malformed', { name: 'x', fresh: true }],
    ['text', 'mine'],
    ['without its writer', { name: 'a'.repeat(26), fresh: true, since: 1 }],
    ['well formed', { by: 'b'.repeat(26), name: 'a'.repeat(26), fresh: true, since: 1 }],
    ['of a cron parent', { by: 'b'.repeat(26), fresh: false }],
  ])('%s, is refused before anything is sent', async (name, identity) => {
    const media = await system.media()
    const run = withHeader(identity).workflow.execute('processMediaByProcedure', {
      workflowId: `forged-${name}-${media}`,
      taskQueue: 'vodflow',
      args: [inputOf(media)],
    })
    expect(await problemOf(run)).toContain('identity header')
    expect(tasksOf(media)).toBe(0)
  })
})

describe('a child on a worker without the plugin that copies all headers to its own children', () => {
  let worker: Worker
  let running: Promise<void>
  beforeAll(async () => {
    const pathOf = (name: string) => fileURLToPath(new URL(`../support/${name}.ts`, import.meta.url))
    worker = await Worker.create({
      connection: system.worker.connection,
      taskQueue: 'copies',
      workflowsPath: pathOf('tree'),
      interceptors: { workflowModules: [pathOf('copyHeaders')] },
    })
    running = worker.run()
  })
  afterAll(async () => {
    worker?.shutdown()
    await running
  })

  const copies = (tree: Tree): Tree => ({ do: 'child', queue: 'copies', tree })
  const keyed = (FileId: string): Tree => ({
    do: 'stepInChild',
    step: 'processMediaByProcedure',
    input: inputOf(FileId, { key: 'main' }),
  })
  const theirs = (media: string): Tree => ({ do: 'child', queue: 'theirs', tree: step(media) })

  it.each<[string, (one: string, other: string) => Tree, readonly [number, number]]>([
    ['two steps with the same key on two files', (one, other) => row(keyed(one), keyed(other)), [1, 1]],
    ['a step that it starts again', (one) => row(inChild(one), inChild(one), inChild(one)), [3, 0]],
    ['workflows of a user that do the same', (one) => row(theirs(one), theirs(one)), [2, 0]],
    ['a step in each run of a chain', (one) => row(inChild(one), next(inChild(one))), [2, 0]],
    [
      'a step with a key, and another one twice',
      (one, other) => row(keyed(other), inChild(one), inChild(one)),
      [2, 1],
    ],
  ])('%s: new work for each start', { timeout: 30_000 }, async (_, tree, tasks) => {
    const media = [await system.media(), await system.media()] as const
    const workflowId = await operator.start(copies(tree(...media)))
    expect((await resultOf(workflowId)).every(({ status }) => status === 'succeeded')).toBe(true)
    expect(media.map(tasksOf)).toEqual(tasks)
  })

  it('the parent with the plugin names its own steps as before, when it is reset', async () => {
    const [one, other] = [await system.media(), await system.media()]
    const workflowId = await operator.start(row(copies(inChild(one)), inChild(other)))
    await resultOf(workflowId)
    await operator.reset(workflowId, (await operator.boundaries(workflowId))[0] ?? 0)
    await resultOf(workflowId)
    expect(tasksOf(other)).toBe(1)
  })
})
