import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Outcome } from '../../src/vod/outcome.js'
import { type Operator, startOperator } from '../support/operator.js'
import { type System, startSystem } from '../support/system.js'
import type { Tree } from '../support/tree.js'

const days = 8 * 24 * 60 * 60_000
const now = Date.now
let system: System
let operator: Operator
beforeAll(async () => {
  system = await startSystem({ media: 'instant', instantMs: 100, reviewMs: 100 })
  operator = await startOperator(system)
  system.vod.switches.ignoreSkew = true
  await operator.keepEndedRuns(30)
})
afterEach(() => {
  Date.now = now
})
afterAll(async () => {
  await operator?.close()
  await system?.close()
})

const delays = { listings: [200], polls: [100, 300], listingsGiveUp: 1_000 }
const asked = (FileId: string) => ({
  step: 'processMediaByProcedure' as const,
  input: { request: { FileId, ProcedureName: 'one' }, delays },
})
const step = (FileId: string): Tree => ({ do: 'step', ...asked(FileId) })
const inChild = (FileId: string): Tree => ({ do: 'stepInChild', ...asked(FileId) })
const row = (...trees: Tree[]): Tree => ({ do: 'row', trees })
const wait: Tree = { do: 'wait' }
const handleOf = (workflowId: string) => operator.client.workflow.getHandle(workflowId)
const resultOf = (workflowId: string): Promise<Outcome[]> => handleOf(workflowId).result()
const tasksOf = (FileId: string) => system.tasksOf(FileId).length

/** A run of which nobody can tell by its own means what an earlier execution of it has sent. */
const shapes: Readonly<Record<string, { tree: (a: string, b: string) => Tree; reset: boolean }>> = {
  'a run that was reset': { reset: true, tree: (a, b) => row(step(a), wait, step(b)) },
  'a run that was retried': {
    reset: false,
    tree: (a, b) => row(step(a), { do: 'failBefore', attempt: 2 }, wait, step(b)),
  },
  'a run that was reset and continues as new': {
    reset: true,
    tree: (a, b) => row(step(a), wait, { do: 'next', tree: step(b) }),
  },
  'a child of a run that was reset': { reset: true, tree: (a, b) => row(step(a), wait, inChild(b)) },
}

it.each(Object.keys(shapes))(
  '%s, eight days ago: a new step is sent at once, and once',
  {
    timeout: 120_000,
  },
  async (name) => {
    const [a, b] = [await system.media(), await system.media()]
    const { tree, reset } = shapes[name] as (typeof shapes)[string]
    const retry = reset ? {} : { retry: { maximumAttempts: 2, initialInterval: 10 } }
    const workflowId = await operator.start(tree(a, b), retry)
    await operator.waits(workflowId)
    if (reset) {
      await operator.reset(workflowId, (await operator.boundaries(workflowId))[0] ?? 0)
      await operator.waits(workflowId)
    }
    const { runId } = await handleOf(workflowId).describe()
    Date.now = () => now() + days
    await handleOf(workflowId).signal('go')
    expect((await resultOf(workflowId)).at(-1)).toMatchObject({
      status: 'succeeded',
      attempts: [{ recovered: false }],
    })
    expect([a, b].map(tasksOf)).toEqual([1, 1])

    // Another eight days later an operator goes back to before it.
    Date.now = () => now() + 2 * days
    const points = await operator.boundaries(workflowId, runId)
    await operator.reset(workflowId, points[0] ?? 0, { runId })
    await handleOf(workflowId).signal('go')
    const outcomes = await resultOf(workflowId)
    expect(outcomes.every(({ status }) => status === 'unknown')).toBe(true)
    expect([a, b].map(tasksOf)).toEqual([1, 1])
  },
)

it('where Temporal keeps ended runs for less than that, nothing is sent: the outcome is unknown', {
  timeout: 60_000,
}, async () => {
  await operator.keepEndedRuns(3)
  const [a, b] = [await system.media(), await system.media()]
  const workflowId = await operator.start(row(step(a), wait, step(b)))
  await operator.waits(workflowId)
  await operator.reset(workflowId, (await operator.boundaries(workflowId))[0] ?? 0)
  await operator.waits(workflowId)
  Date.now = () => now() + days
  await handleOf(workflowId).signal('go')
  const [, second] = await resultOf(workflowId)
  expect(second).toMatchObject({ status: 'unknown', reason: expect.stringContaining('DedupExpired') })
  expect([a, b].map(tasksOf)).toEqual([1, 0])
  await operator.keepEndedRuns(30)
})
