import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { type Operator, startOperator } from '../support/operator.js'
import { someOf } from '../support/someOf.js'
import { type StepKind, stepKinds } from '../support/stepKinds.js'
import { type System, startSystem } from '../support/system.js'
import type { Tree } from '../support/tree.js'

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

const patient = {
  looks: [1_000, 3_000, 6_000, 12_000, 24_000],
  listings: [200],
  polls: [100, 300],
  listingsGiveUp: 2_000,
}
/** What no listing shows is given up, where its event was left out. */
const impatient = { ...patient, unlistedLooks: [1_000, 3_000], overdue: 5_500, giveUp: 6_000 }

const resultOf = (workflowId: string): Promise<Outcome[]> =>
  operator.client.workflow.getHandle(workflowId).result()

describe('a reset to each workflow task, the answer of the submit having been lost', () => {
  it.concurrent.each(someOf(Object.keys(stepKinds) as StepKind[], 2))(
    'makes no second task: %s',
    {
      timeout: 180_000,
    },
    async (kind) => {
      const { step, action, request, tasks } = stepKinds[kind]
      const unlisted = 'unlisted' in stepKinds[kind]
      const FileId = await system.media('film')
      const SessionContext = `reset-${kind}`
      const made = () =>
        system.vod.books().tasks.filter((task) => task.SessionContext.endsWith(`|${SessionContext}`)).length
      system.vod.faults.add({ kind: 'loseReply', action, times: 1 })
      const input = {
        request: { ...request(FileId, system.vod.endpoint), SessionContext },
        delays: unlisted ? impatient : patient,
      }
      const workflowId = await operator.start({ do: 'step', step, input })
      expect(await resultOf(workflowId)).toMatchObject([{ status: 'succeeded' }])
      expect(made()).toBe(tasks)
      const { runId } = await operator.client.workflow.getHandle(workflowId).describe()
      const boundaries = await operator.boundaries(workflowId, runId)
      // Without its event a split or a composition waits until it gives up: those resets come last.
      for (const signals of [true, false]) {
        for (const to of boundaries) {
          await operator.reset(workflowId, to, { runId, signals })
          const [again] = await resultOf(workflowId)
          // What no listing shows is known by its event alone.
          const status = signals || !unlisted ? 'succeeded' : expect.stringMatching(/succeeded|unknown/)
          expect({ to, signals, status: again?.status }).toEqual({ to, signals, status })
          expect(made()).toBe(tasks)
        }
      }
    },
  )
})

const one = (FileId: string, more: object = {}): Tree => ({
  do: 'step',
  step: 'processMediaByProcedure',
  input: { request: { FileId, ProcedureName: 'one' }, delays: patient, ...more },
})
const inChild = (FileId: string, more: object = {}): Tree =>
  ({ ...one(FileId), do: 'stepInChild', ...more }) as Tree

/** Trees in which each media file is work of one task. */
const trees: Readonly<Record<string, (media: readonly [string, string, string]) => Tree>> = {
  'a step in a child': ([a]) => inChild(a),
  'a step in a child with a workflow id': ([a]) => inChild(a, { id: `child-${a}` }),
  'two steps in children at once': ([a, b]) => ({ do: 'together', trees: [inChild(a), inChild(b)] }),
  'a child of a child': ([a]) => ({ do: 'child', tree: { do: 'child', tree: one(a) } }),
  'a step in a child of a child': ([a, b]) => ({
    do: 'child',
    tree: { do: 'row', trees: [inChild(a), one(b)] },
  }),
  'children in each run of a chain': ([a, b, c]) => ({
    do: 'row',
    trees: [
      inChild(a),
      { do: 'next', tree: { do: 'row', trees: [inChild(b), { do: 'next', tree: inChild(c) }] } },
    ],
  }),
  'a child that continues as new': ([a, b]) => ({
    do: 'child',
    tree: { do: 'row', trees: [one(a), { do: 'next', tree: one(b) }] },
  }),
  'children with names, whose arguments change': ([a, b]) => ({
    do: 'together',
    trees: [
      { do: 'child', name: 'a', tree: one(a) },
      { do: 'child', name: 'b', tree: { do: 'child', name: 'c', tree: one(b) } },
    ],
  }),
  'children whose order is not fixed': ([a, b]) => ({
    do: 'together',
    trees: [
      { do: 'row', trees: [one(a), { do: 'child', tree: one(b) }] },
      {
        do: 'row',
        trees: [
          { do: 'sleep', ms: 1_000 },
          { do: 'child', tree: { do: 'sleep', ms: 1 } },
        ],
      },
    ],
  }),
}

describe('the parent is reset to each workflow task', () => {
  it.concurrent.each(Object.keys(trees))(
    '%s: each media file is one task',
    { timeout: 120_000 },
    async (name) => {
      const media = [await system.media(), await system.media(), await system.media()] as const
      const workflowId = await operator.start(trees[name]?.(media) as Tree)
      expect((await resultOf(workflowId)).every(({ status }) => status === 'succeeded')).toBe(true)
      const { runId } = await operator.client.workflow.getHandle(workflowId).describe()
      const made = media.map((FileId) => system.tasksOf(FileId).length)
      for (const to of await operator.boundaries(workflowId, runId)) {
        await operator.reset(workflowId, to, { runId })
        expect((await resultOf(workflowId)).every(({ status }) => status === 'succeeded')).toBe(true)
        expect(media.map((FileId) => system.tasksOf(FileId).length)).toEqual(made)
      }
      expect(Math.max(...made)).toBe(1)
    },
  )
})

describe('the parent is reset while its child runs', () => {
  // So that the child is still waiting for its next look.
  beforeAll(() => system.vod.faults.add({ kind: 'dropCallback' }))
  afterAll(() => system.vod.faults.clear())

  const running: Readonly<Record<string, (media: string) => Tree>> = {
    'without a workflow id: two children wait for one task': (media) => inChild(media),
    'below a child without a workflow id': (media) => ({ do: 'child', tree: inChild(media) }),
    'in a second run of a chain': (media) => ({ do: 'next', tree: inChild(media) }),
  }
  it.concurrent.each(Object.keys(running))('%s', async (name) => {
    const media = await system.media()
    const workflowId = await operator.start(running[name]?.(media) as Tree)
    await expect.poll(() => system.tasksOf(media).length).toBe(1)
    const [point = 0] = await operator.boundaries(workflowId)
    await operator.reset(workflowId, point)
    expect(await resultOf(workflowId)).toMatchObject([
      { status: 'succeeded', TaskId: system.tasksOf(media)[0]?.TaskId },
    ])
    expect(system.tasksOf(media)).toHaveLength(1)
  })

  it('with a workflow id: Temporal starts no second child, and the parent fails', {
    timeout: 180_000,
  }, async () => {
    const media = await system.media()
    const workflowId = await operator.start(inChild(media, { id: `running-${media}` }))
    await expect.poll(() => system.tasksOf(media).length).toBe(1)
    await operator.reset(workflowId, (await operator.boundaries(workflowId))[0] ?? 0)
    await expect(resultOf(workflowId)).rejects.toMatchObject({
      cause: { message: 'Workflow execution already started' },
    })
    expect(await resultOf(`running-${media}`)).toMatchObject({ status: 'succeeded' })
    expect(system.tasksOf(media)).toHaveLength(1)
  })
})
