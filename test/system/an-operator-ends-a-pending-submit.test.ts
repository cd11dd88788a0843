import { defaultPayloadConverter } from '@temporalio/common'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { type Operator, type Pending, startOperator } from '../support/operator.js'
import { type StepKind, stepKinds } from '../support/stepKinds.js'
import { type System, startSystem } from '../support/system.js'

let system: System
let operator: Operator
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100, reviewTime: 100 })
  operator = await startOperator(system)
})
afterEach(() => system.vod.faults.clear())
afterAll(async () => {
  await operator?.close()
  await system?.close()
})

const delays = { lag: [100], listings: [200], listingsGiveUp: 3_000, unlistedLooks: [1_000, 3_000] }

let ended = 0

interface Run {
  readonly workflowId: string
  readonly made: () => number
  readonly tasks: number
  readonly action: string
}

async function begin(kind: StepKind): Promise<Run> {
  const { step, action, request, tasks } = stepKinds[kind]
  const FileId = await system.media('film')
  const SessionContext = `ended-${++ended}`
  const made = () =>
    system.vod.books().tasks.filter((task) => task.SessionContext.endsWith(`|${SessionContext}`)).length
  const input = { request: { ...request(FileId, system.vod.endpoint), SessionContext }, delays }
  const workflowId = await operator.start({ do: 'step', step, input })
  return { workflowId, made, tasks, action }
}

/** Temporal takes a failure only of an activity that runs. */
const runs = (number: number) => (activity: Pending) =>
  Number(activity.state) === 2 && Number(activity.activityId) === number

/** VOD takes its time for the request: it is on the wire. */
async function onTheWire(kind: StepKind): Promise<Run & { readonly id: string }> {
  system.vod.faults.add({ kind: 'slow', action: stepKinds[kind].action, delay: 1_000, times: 1 })
  const run = await begin(kind)
  const { activityId } = await operator.pending(run.workflowId, runs(1))
  return { ...run, id: activityId ?? '' }
}

/** VOD has the request, and its answer is lost: the same is on the wire once more. */
async function resent(kind: StepKind): Promise<Run & { readonly id: string }> {
  const { action } = stepKinds[kind]
  system.vod.faults.add(
    { kind: 'slow', action, delay: 1_500, times: 2 },
    { kind: 'loseReply', action, times: 1 },
  )
  const run = await begin(kind)
  const { activityId } = await operator.pending(run.workflowId, runs(2))
  expect(run.made()).toBe(run.tasks)
  return { ...run, id: activityId ?? '' }
}

const where = ({ workflowId, id }: { readonly workflowId: string; readonly id: string }) => ({
  namespace: 'default',
  workflowId,
  activityId: id,
})

/** As `temporal activity fail` does it, or a program that knows the types of vodflow's failures. */
const fail = (run: { readonly workflowId: string; readonly id: string }, type?: string, detail?: unknown) =>
  operator.client.workflowService.respondActivityTaskFailedById({
    ...where(run),
    failure: {
      message: 'stuck',
      source: 'CLI',
      applicationFailureInfo: {
        nonRetryable: true,
        ...(type === undefined ? {} : { type }),
        ...(detail === undefined
          ? {}
          : { details: { payloads: [defaultPayloadConverter.toPayload(detail)] } }),
      },
    },
  })

/** As `temporal activity complete` does it. */
const complete = (run: { readonly workflowId: string; readonly id: string }, result: unknown) =>
  operator.client.workflowService.respondActivityTaskCompletedById({
    ...where(run),
    result: { payloads: [defaultPayloadConverter.toPayload(result)] },
  })

const callsUnder = (SessionId: string | undefined) =>
  system.vod.books().calls.filter((call) => call.SessionId === SessionId).length

const resultOf = (workflowId: string): Promise<Outcome[]> =>
  operator.client.workflow.getHandle(workflowId).result()

const theirTask = { TaskId: 'theirs', TaskType: 'Procedure', createdAt: 1 }
const results: Readonly<Record<string, unknown>> = {
  null: null,
  '{}': {},
  'a foreign TaskId': { kind: 'accepted', TaskId: 'theirs', RequestId: 'x' },
  'the result of another submit': { kind: 'accepted', SessionId: 'b'.repeat(40), tasks: [theirTask] },
  'a list': [theirTask],
}
const ends: Readonly<Record<string, (run: Run & { readonly id: string }) => Promise<unknown>>> = {
  'fails it': (run) => fail(run),
  'fails it as InvalidInput': (run) => fail(run, 'InvalidInput'),
  'fails it as InvalidInput that names no remedy': (run) =>
    fail(run, 'InvalidInput', { field: 'request', problem: 'is wrong' }),
  'fails it as permanent': (run) => fail(run, 'permanent'),
  'fails it as permanent without a code': (run) => fail(run, 'permanent', { requestId: 'r' }),
  ...Object.fromEntries(
    Object.entries(results).map(([name, result]) => [
      `completes it with ${name}`,
      (run: Run & { readonly id: string }) => complete(run, result),
    ]),
  ),
}

describe.each(Object.keys(ends))('somebody %s', (name) => {
  it.each([
    ['on the wire', onTheWire, 2],
    ['when it is sent again after a lost answer', resent, 3],
  ] as const)(
    '%s: the same is sent again, and there is one task',
    { timeout: 180_000 },
    async (_, pend, sends) => {
      const run = await pend('ProcessMedia')
      await ends[name]?.(run)
      const [outcome] = await resultOf(run.workflowId)
      expect(outcome).toMatchObject({ status: 'succeeded' })
      // Also the send that nobody waits for is over.
      await expect.poll(() => callsUnder(outcome?.attempts[0]?.SessionId)).toBe(sends)
      expect(run.made()).toBe(run.tasks)
    },
  )
})

it.each(Object.keys(stepKinds) as StepKind[])(
  'somebody fails the resend of %s, and VOD refuses by then: the task is found',
  { timeout: 180_000 },
  async (kind) => {
    const run = await resent(kind)
    system.vod.faults.add({ kind: 'error', action: run.action, code: 'InvalidParameterValue.Definition' })
    await fail(run)
    expect(await resultOf(run.workflowId)).toMatchObject([{ status: 'succeeded' }])
    expect(run.made()).toBe(run.tasks)
  },
)

it('somebody fails every submit: what they made is looked for, and nothing more is sent', {
  timeout: 180_000,
}, async () => {
  system.vod.faults.add({ kind: 'slow', action: stepKinds.ProcessMedia.action, delay: 1_000 })
  const run = await begin('ProcessMedia')
  for (const number of [1, 2, 3, 4, 5]) {
    const { activityId } = await operator.pending(run.workflowId, runs(number))
    await fail({ ...run, id: activityId ?? '' })
  }
  const result = await resultOf(run.workflowId)
  expect(result).toMatchObject([{ status: 'succeeded', attempts: [{ recovered: true }] }])
  expect(run.made()).toBe(1)
})

describe.each(['fails it', 'completes it with null', 'completes it with {}'])('somebody %s', (name) => {
  it('where it reads a task: it is read again', async () => {
    system.vod.faults.add(
      { kind: 'dropCallback' },
      { kind: 'slow', action: 'DescribeTaskDetail', delay: 1_000, times: 1 },
    )
    const { step, request } = stepKinds.ProcessMedia
    const FileId = await system.media('film')
    const input = {
      request: request(FileId),
      delays: { ...delays, looks: [1_500, 3_000, 6_000] },
    }
    const workflowId = await operator.start({ do: 'step', step, input })
    const { activityId } = await operator.pending(
      workflowId,
      ({ activityType, state }) => activityType?.name === 'DescribeTaskDetail' && Number(state) === 2,
    )
    await ends[name]?.({ workflowId, id: activityId ?? '' } as Run & { id: string })
    expect(await resultOf(workflowId)).toMatchObject([{ status: 'succeeded' }])
  })

  it('where it looks for the task: the outcome is unknown, and there is no second one', {
    timeout: 180_000,
  }, async () => {
    system.vod.faults.add({ kind: 'slow', action: 'DescribeTasks', delay: 2_000 })
    const run = await resent('ProcessMedia')
    const { activityId } = await operator.pending(
      run.workflowId,
      ({ activityType, state }) => activityType?.name === 'DescribeTasks' && Number(state) === 2,
    )
    await ends[name]?.({ ...run, id: activityId ?? '' })
    expect(await resultOf(run.workflowId)).toMatchObject([
      { status: 'unknown', reason: expect.stringContaining('the search for it failed') },
    ])
    expect(run.made()).toBe(1)
  })
})
