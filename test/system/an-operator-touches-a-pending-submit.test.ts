import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { type Operator, type Pending, startOperator } from '../support/operator.js'
import { someOf } from '../support/someOf.js'
import { type StepKind, stepKinds } from '../support/stepKinds.js'
import { type System, startSystem } from '../support/system.js'

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

const delays = { listings: [200], listingsGiveUp: 3_000, unlistedLooks: [1_000, 3_000] }

let touched = 0

/** Two activities send: the first ends without an answer, and so does the first attempt of the second. */
const loseBoth = (action: string) => system.vod.faults.add({ kind: 'loseReply', action, times: 2 })

/** Nobody knows whether VOD has the request, and the next attempt waits for its time. */
const isUnanswered = ({ attempt, state, lastFailure }: Pending) =>
  Number(attempt) === 2 && Number(state) === 1 && lastFailure?.applicationFailureInfo?.type === 'ambiguous'

/** A run whose submit made its tasks, and got no answer: it waits for its next attempt. */
async function unanswered(kind: StepKind, refusedBefore = 0) {
  const { step, action, request, tasks } = stepKinds[kind]
  const FileId = await system.media('film')
  const SessionContext = `touched-${++touched}`
  const made = () =>
    system.vod.books().tasks.filter((task) => task.SessionContext.endsWith(`|${SessionContext}`)).length
  if (refusedBefore > 0)
    system.vod.faults.add({ kind: 'error', action, code: 'RequestLimitExceeded', times: refusedBefore })
  loseBoth(action)
  const input = { request: { ...request(FileId, system.vod.endpoint), SessionContext }, delays }
  const workflowId = await operator.start({ do: 'step', step, input })
  const activity = await operator.pending(workflowId, isUnanswered)
  expect(made()).toBe(tasks)
  return { workflowId, made, tasks, action, id: activity.activityId ?? '' }
}

/** VOD refuses from now on, and for good: somebody has renamed the template, say. */
const refuse = (action: string) =>
  system.vod.faults.add({ kind: 'error', action, code: 'InvalidParameterValue.Definition' })

const service = () => operator.client.workflowService
const which = ({ workflowId, id }: { workflowId: string; id: string }) => ({
  namespace: 'default',
  execution: { workflowId },
  id,
})

type Touched = Awaited<ReturnType<typeof unanswered>>
const touches: Readonly<Record<string, (run: Touched) => Promise<unknown>>> = {
  'resets it': (run) => service().resetActivity(which(run)),
  'resets it with its heartbeat': (run) => service().resetActivity({ ...which(run), resetHeartbeat: true }),
  'pauses it and resets it': async (run) => {
    await service().pauseActivity(which(run))
    await service().resetActivity(which(run))
  },
  'pauses it, resets it and lets it go on later': async (run) => {
    await service().pauseActivity(which(run))
    await service().resetActivity({ ...which(run), keepPaused: true })
    await service().unpauseActivity(which(run))
  },
  'pauses it and lets it go on with its attempts set back': async (run) => {
    await service().pauseActivity(which(run))
    await service().unpauseActivity({ ...which(run), resetAttempts: true, resetHeartbeat: true })
  },
  'changes how it is retried': (run) =>
    service().updateActivityOptions({
      ...which(run),
      activityOptions: { retryPolicy: { initialInterval: { seconds: 1 as never, nanos: 0 } } },
      updateMask: { paths: ['retry_policy.initial_interval'] },
    }),
  'resets its workflow': async ({ workflowId }) => {
    const [first = 0] = await operator.boundaries(workflowId)
    await operator.reset(workflowId, first)
  },
}

const resultOf = (workflowId: string): Promise<Outcome[]> =>
  operator.client.workflow.getHandle(workflowId).result()

const kinds = Object.keys(stepKinds) as StepKind[]

describe.each([...Object.keys(touches).entries()])(
  '%s: somebody %s, and VOD refuses by then',
  (row, touch) => {
    afterAll(() => system.vod.faults.clear())

    it.concurrent.each(someOf(kinds, 3, row))(
      'the task of %s is found',
      { timeout: 180_000 },
      async (kind) => {
        const run = await unanswered(kind)
        refuse(run.action)
        await touches[touch]?.(run)
        const [outcome] = await resultOf(run.workflowId)
        expect(outcome).toMatchObject({ status: 'succeeded' })
        expect(run.made()).toBe(run.tasks)
      },
    )
  },
)

describe.each(Object.keys(touches))('somebody %s after a refusal and an answer that was lost', (touch) => {
  afterAll(() => system.vod.faults.clear())

  it.concurrent.each(['ProcessMediaByProcedure', 'ReviewAudioVideo', 'PullUpload'] as const)(
    'the task of %s is found',
    { timeout: 180_000 },
    async (kind) => {
      const run = await unanswered(kind, 1)
      refuse(run.action)
      await touches[touch]?.(run)
      expect(await resultOf(run.workflowId)).toMatchObject([{ status: 'succeeded' }])
      expect(run.made()).toBe(run.tasks)
    },
  )
})

it('somebody resets it while its second attempt runs: what that one sent is found', {
  timeout: 180_000,
}, async () => {
  const run = await unanswered('ProcessMedia')
  system.vod.faults.add({ kind: 'slow', action: run.action, delay: 3_000, times: 1 })
  await operator.pending(run.workflowId, ({ attempt, state }) => Number(attempt) === 2 && Number(state) === 2)
  await service().resetActivity(which(run))
  refuse(run.action)
  // Nobody takes the answer of that attempt; the next one comes when its time is over.
  expect(await resultOf(run.workflowId)).toMatchObject([{ status: 'succeeded' }])
  expect(run.made()).toBe(1)
  system.vod.faults.clear()
})

describe('eight days later, when VOD has forgotten the SessionId and shows the task no more', () => {
  const days = 8 * 24 * 60 * 60_000
  const now = Date.now
  afterEach(() => {
    Date.now = now
    system.vod.switches.ignoreSkew = false
    system.vod.faults.clear()
  })

  it.each(Object.entries(touches).filter(([name]) => name !== 'changes how it is retried'))(
    'somebody %s: the outcome is unknown, and there is no second task',
    { timeout: 180_000 },
    async (_, touch) => {
      const FileId = await system.media('film')
      loseBoth('ProcessMediaByProcedure')
      // The event would have come, and ended the run, days ago.
      system.vod.faults.add({ kind: 'dropCallback' })
      const input = { request: { FileId, ProcedureName: 'one' }, delays }
      const workflowId = await operator.start({ do: 'step', step: 'processMediaByProcedure', input })
      const { activityId } = await operator.pending(workflowId, isUnanswered)
      await service().pauseActivity(which({ workflowId, id: activityId ?? '' }))
      // The local VOD's clock follows that of this process, as the worker's does; signatures go by another one.
      system.vod.switches.ignoreSkew = true
      Date.now = () => now() + days
      await touch({ workflowId, id: activityId ?? '' } as Touched)
      const [outcome] = await resultOf(workflowId)
      expect(outcome).toMatchObject({ status: 'unknown', reason: expect.stringContaining('DedupExpired') })
      expect(outcome).toHaveProperty('mediaOutputs')
      expect(system.tasksOf(FileId)).toHaveLength(1)
    },
  )
})
