import { type Client, WithStartWorkflowOperation } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { type Operator, startOperator } from '../support/operator.js'
import { type System, startSystem } from '../support/system.js'
import type { Tree } from '../support/tree.js'
import { inChild, next, problemOf, row, step } from '../support/work.js'

let system: System
let operator: Operator
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100, reviewTime: 100 })
  operator = await startOperator(system)
})
afterAll(async () => {
  await operator?.close()
  await system?.close()
})

const handleOf = (workflowId: string) => operator.client.workflow.getHandle(workflowId)
const resultOf = (workflowId: string): Promise<Outcome[]> => handleOf(workflowId).result()
const tasksOf = (FileId: string) => system.tasksOf(FileId).length

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

  it('that was reset and goes on has new work again', async () => {
    const media = [await system.media(), await system.media(), await system.media()] as const
    const rest = next(row(step(media[1]), next(step(media[2]))))
    const workflowId = await operator.start(row(step(media[0]), { do: 'wait' }, rest))
    await expect.poll(async () => (await operator.boundaries(workflowId)).length).toBeGreaterThan(1)
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

  it('after a reset finds each of them again', async () => {
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
    expect(await problemOf(resultOf(await operator.start(again(step(media)))))).toContain('pass another key')
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
    await expect.poll(failureOf).not.toBe('')
    const failure = await failureOf()
    await handleOf(workflowId).terminate()
    return failure
  }

  it.each([
    ['of a run', (media: string) => step(media)],
    ['of a parent', (media: string) => inChild(media)],
    ['of a grandparent', (media: string): Tree => ({ do: 'child', tree: inChild(media) })],
    ['that ends by continuing as new', (media: string) => next(step(media))],
  ])('%s: the step is refused, and Temporal Schedules are named', async (name, tree) => {
    const media = await system.media()
    if (name === 'that ends by continuing as new') {
      const workflowId = await operator.start(tree(media), { cronSchedule: '@every 1s' })
      expect(await problemOf(resultOf(workflowId))).toMatch(/Temporal Schedule.*idempotencyKey/)
    } else expect(await firstTick(tree(media))).toMatch(/Temporal Schedule.*idempotencyKey/)
    expect(tasksOf(media)).toBe(0)
  })

  it('takes a step with an idempotencyKey', async () => {
    const media = await system.media()
    const keyed = step(media, { idempotencyKey: `tick-${media}` })
    const workflowId = await operator.start(keyed, { cronSchedule: '@every 1s' })
    await expect.poll(() => tasksOf(media)).toBe(1)
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
    { timeout: 180_000 },
    async (_, start) => {
      const FileId = await system.media()
      const refused = step(FileId, { request: { FileId, ProcedureName: 'no-such-template' } })
      const result = start(operator.client, `refused-${FileId}`, refused)
      expect(await problemOf(result)).toContain('InvalidParameterValue.ProcedureName')
    },
  )

  it.each(Object.entries(starts))('%s: each start is new work', async (_, start) => {
    const media = await system.media()
    for (const tasks of [1, 2, 3]) {
      const outcomes = await start(operator.client, `start-${tasks}-${media}`, step(media))
      expect(outcomes).toMatchObject([{ status: 'succeeded', attempts: [{ recovered: false }] }])
      expect(tasksOf(media)).toBe(tasks)
    }
  })
})
