import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/vod/outcome.js'
import { type Operator, startOperator } from '../support/operator.js'
import { type System, startSystem } from '../support/system.js'
import type { StepName, Tree } from '../support/tree.js'

let system: System
let operator: Operator
beforeAll(async () => {
  system = await startSystem({ media: 'instant', instantMs: 100, reviewMs: 100 })
  operator = await startOperator(system)
})
afterEach(() => {
  system.vod.faults.clear()
  Object.assign(system.vod.switches, { reviewWithoutSessionId: false })
})
afterAll(async () => {
  await operator?.close()
  await system?.close()
})

const delays = {
  looks: [1_000, 3_000, 6_000],
  unlistedLooks: [1_000, 3_000, 6_000],
  listings: [200],
  polls: [100, 300],
  listingsGiveUp: 2_000,
  overdue: 19_000,
  giveUp: 20_000,
}

/** A step of each kind, and the media by which VOD's books tell its tasks. */
const kinds: Readonly<Record<StepName, (FileId: string) => object>> = {
  processMediaByProcedure: (FileId) => ({ FileId, ProcedureName: 'two' }),
  processMedia: (FileId) => ({ FileId, MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }),
  reviewAudioVideo: (FileId) => ({ FileId, ReviewContents: ['Media'] }),
  splitMedia: (FileId) => ({ FileId, Segments: [{ StartTimeOffset: 0, EndTimeOffset: 1 }] }),
  editMedia: (FileId) => ({ InputType: 'File', FileInfos: [{ FileId }] }),
  composeMedia: (FileId) => ({
    Tracks: [{ Type: 'Video', TrackItems: [{ Type: 'Video', VideoItem: { SourceMedia: FileId } }] }],
    Output: { FileName: 'film', Container: 'mp4' },
  }),
  pullUpload: () => ({ MediaUrl: `${system.vod.endpoint}/nowhere.mp4`, MediaName: 'pulled' }),
}
const actionOf = (step: StepName) => step.charAt(0).toUpperCase() + step.slice(1)

const inputOf = (step: StepName, FileId: string) => ({ request: kinds[step](FileId), delays })
const resultOf = (workflowId: string): Promise<Outcome[]> =>
  operator.client.workflow.getHandle(workflowId).result()
const tasksNow = () => system.vod.books().tasks.length

describe('a reset to each workflow task, the answer of the submit having been lost', () => {
  it.each(Object.keys(kinds) as StepName[])(
    'makes no second task: %s',
    { timeout: 240_000 },
    async (step) => {
      const FileId = await system.media('film')
      system.vod.faults.add({ kind: 'loseReply', action: actionOf(step), times: 1 })
      const before = tasksNow()
      const workflowId = await operator.start({ do: 'step', step, input: inputOf(step, FileId) })
      const [outcome] = await resultOf(workflowId)
      const made = tasksNow() - before
      expect(made).toBe(step === 'processMediaByProcedure' ? 2 : 1)
      expect(outcome).toMatchObject({ status: 'succeeded' })
      const { runId } = await operator.client.workflow.getHandle(workflowId).describe()
      const boundaries = await operator.boundaries(workflowId, runId)
      // Without its event a split or a composition waits until it gives up: those resets come last.
      for (const signals of [true, false]) {
        for (const to of boundaries) {
          await operator.reset(workflowId, to, { runId, signals })
          const [again] = await resultOf(workflowId)
          // What no listing shows is known by its event alone.
          const found = signals || !['splitMedia', 'composeMedia'].includes(step)
          expect({ to, signals, status: again?.status }).toEqual({
            to,
            signals,
            status: found ? 'succeeded' : expect.stringMatching(/succeeded|unknown/),
          })
          expect(tasksNow() - before).toBe(made)
        }
      }
    },
  )
})

const one = (FileId: string, more: object = {}): Tree => ({
  do: 'step',
  step: 'processMediaByProcedure',
  input: { request: { FileId, ProcedureName: 'one' }, delays, ...more },
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
  it.each(Object.keys(trees))('%s: each media file is one task', { timeout: 120_000 }, async (name) => {
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
  })
})
