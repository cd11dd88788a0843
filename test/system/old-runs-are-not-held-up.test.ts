import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { type Operator, startOperator } from '../support/operator.js'
import { type StepKind, stepKinds } from '../support/stepKinds.js'
import { type System, startSystem } from '../support/system.js'
import type { Tree } from '../support/tree.js'

const day = 24 * 60 * 60_000
const days = 8 * day
const now = Date.now
let system: System
let operator: Operator
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100, reviewTime: 100 })
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
    expect(outcomes.every((outcome) => 'mediaOutputs' in outcome)).toBe(true)
    expect([a, b].map(tasksOf)).toEqual([1, 1])
  },
)

describe('days after an answer was lost somebody resets the run to each of its workflow tasks', () => {
  it.each<[StepKind, number, string, string]>([
    ['ProcessMediaByProcedure', 2, 'VOD shows the task', 'succeeded'],
    ['ProcessMedia', 1, 'VOD shows the task', 'succeeded'],
    ['ReviewAudioVideo', 1, 'VOD shows the task', 'succeeded'],
    ['ProcessMediaByProcedure', 4, 'VOD knows the SessionId', 'unknown'],
    ['ProcessMediaByProcedure', 8, 'VOD knows nothing any more', 'unknown'],
    ['ProcessMedia', 4, 'VOD knows nothing any more', 'unknown'],
    ['ReviewAudioVideo', 4, 'VOD knows nothing any more', 'unknown'],
  ])('%s, %d days: %s, and the outcome is %s', async (kind, after, _, status) => {
    const { step, action, request, tasks } = stepKinds[kind]
    const FileId = await system.media('film')
    system.vod.faults.add({ kind: 'loseReply', action, times: 1 })
    // Only VOD's and the worker's clocks are moved: Temporal's own gives up after seconds, in place of days.
    const end =
      status === 'succeeded' ? { overdue: 45_000, giveUp: 50_000 } : { overdue: 4_500, giveUp: 5_000 }
    const given = { ...delays, looks: [1_000, 3_000], ...end }
    const input = { request: request(FileId, system.vod.endpoint), delays: given }
    const workflowId = await operator.start({ do: 'step', step, input })
    expect(await resultOf(workflowId)).toMatchObject([{ status: 'succeeded' }])
    const { runId } = await handleOf(workflowId).describe()
    Date.now = () => now() + after * day
    const points = await operator.boundaries(workflowId, runId)
    for (const to of points) {
      await operator.reset(workflowId, to, { runId })
      const [outcome] = await resultOf(workflowId)
      // Before its last workflow task the run may have read its task.
      const expected = to === points.at(-1) ? expect.stringMatching(/succeeded|unknown/) : status
      expect({ to, status: outcome?.status }).toEqual({ to, status: expected })
      expect('mediaOutputs' in Object(outcome)).toBe(outcome?.status === 'unknown')
      expect(tasksOf(FileId)).toBe(tasks)
    }
  })
})

describe('a chain of continuations that lives for months', () => {
  const generations = 4
  const chains: Readonly<Record<string, (media: readonly string[], n: number) => Tree>> = {
    'of a step on one media file': ([media = '']) => step(media),
    'of a step on another media file each time': (media, n) => step(media[n] ?? ''),
    'of a step in a child': ([media = '']) => inChild(media),
    'of a step in a child of a child': ([media = '']) => ({ do: 'child', tree: inChild(media) }),
  }

  it.each(Object.keys(chains))(
    '%s: each run is sent at once, and is new work',
    { timeout: 180_000 },
    async (name) => {
      const media = await Promise.all(Array.from({ length: generations }, () => system.media()))
      const run = (n: number): Tree => {
        const work = chains[name]?.(media, n) as Tree
        return n + 1 === generations ? row(wait, work) : row(wait, work, { do: 'next', tree: run(n + 1) })
      }
      const workflowId = await operator.start(run(0))
      for (let n = 0; n < generations; n++) {
        await expect.poll(() => media.reduce((sum, FileId) => sum + tasksOf(FileId), 0)).toBe(n)
        await operator.waits(workflowId)
        Date.now = () => now() + (n + 1) * 30 * day
        await handleOf(workflowId).signal('go')
      }
      expect(await resultOf(workflowId)).toMatchObject([
        { status: 'succeeded', attempts: [{ recovered: false }] },
      ])
      expect(media.reduce((sum, FileId) => sum + tasksOf(FileId), 0)).toBe(generations)
    },
  )
})

it('where Temporal keeps ended runs for less than that, nothing is sent: the outcome is unknown', {
  timeout: 180_000,
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
