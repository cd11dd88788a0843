import { setImmediate } from 'node:timers/promises'
import type { WorkflowHandle } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import type { Outcome } from '../../src/client/index.js'
import { sweepIdOf } from '../../src/contract/sweep.js'
import type { EmulatorTask } from '../../src/emulator/model.js'
import { composedOf } from './composed.js'
import { type Ended, violationsOf } from './invariants.js'
import { hour, mostInARow, type Scenario, type SimulatedJob, scenarioOf } from './scenario.js'
import type { World } from './world.js'

/** What a seed came to. */
export interface Simulated {
  readonly scenario: Scenario
  readonly violations: readonly string[]
  readonly ended: readonly Ended[]
  readonly tasks: readonly EmulatorTask[]
  /** How what is composed of steps ended, in a few words. */
  readonly composed: readonly string[]
}

const day = 24 * hour

/** Until here every run has ended: a pipeline has two steps in a row that listen for 7 days, and a gate; a batch has so many items in a row. */
const horizonOf = ({ batch }: Scenario) => 25 * day + (batch ? mostInARow * 8 * day : 0)

/** VOD's clock lags behind a look that falls into one step. */
const longestStep = hour

interface Happening {
  readonly at: number
  readonly happen: () => unknown
}

/** Lives through the days of one seed. Nothing but this moves the time. */
export async function simulate(world: World, seed: number): Promise<Simulated> {
  const scenario = scenarioOf(seed)
  const horizon = horizonOf(scenario)
  const { environment, time } = world
  const round = await world.begin(scenario)
  const { vod } = round
  await time.follow(vod.clock)
  const began = Date.now()
  const handles = new Map<SimulatedJob, WorkflowHandle>()
  const fileIds = new Map<SimulatedJob, string>()
  for (const job of scenario.jobs) fileIds.set(job, (await round.upload()).FileId)
  const composed = await composedOf(round, scenario)
  layFaults()

  const happenings: Happening[] = [
    ...scenario.outages.flatMap(({ from, until }) => [
      { at: from, happen: () => vod.faults.add({ kind: 'error', action: '*', code: 'ServiceUnavailable' }) },
      { at: until, happen: layFaults },
    ]),
    ...scenario.jobs.flatMap((job) => [
      { at: job.startsAt, happen: async () => void handles.set(job, await start(job)) },
      ...atTime(job.cancelAt, () => handles.get(job)?.cancel().catch(hasEnded)),
      ...atTime(job.detachAt, () => handles.get(job)?.signal('vodflow.detach').catch(hasEnded)),
    ]),
    ...composed.starts(environment.client),
  ].sort((one, other) => one.at - other.at)

  try {
    for (;;) {
      const now = Date.now() - began
      while (happenings[0] && happenings[0].at <= now) await happenings.shift()?.happen()
      await quiet()
      await composed.decide(environment.client, Date.now())
      if (
        handles.size === scenario.jobs.length &&
        (await allEnded()) &&
        (await composed.ended(environment.client))
      )
        break
      if (now > horizon) break
      const due = vod.clock.next()
      const next = Math.min(
        now + longestStep,
        happenings[0]?.at ?? horizon * 2,
        composed.next() === undefined ? horizon * 2 : (composed.next() ?? 0) - began,
        due === undefined ? horizon * 2 : due - began,
      )
      await time.advance(Math.max(1, next - (Date.now() - began)), vod.clock)
    }
    const ended: Ended[] = []
    for (const [job, handle] of handles) ended.push(await endOf(job, handle))
    const { tasks } = vod.books()
    const violations = [
      ...violationsOf(scenario, { began, ended, tasks }),
      ...(await composed.violations(environment.client, vod)),
    ]
    return { scenario, violations, ended, tasks, composed: composed.ends }
  } finally {
    const stop = (id: string) => environment.client.workflow.getHandle(id).terminate().catch(hasEnded)
    await stop(sweepIdOf({ account: 'default' }))
    for (const handle of handles.values()) await stop(handle.workflowId)
    for (const id of composed.ids) await stop(id)
    await round.close()
  }

  function layFaults(): void {
    const { eventFaults, callFaults } = scenario
    vod.faults.clear()
    const submit = { action: 'ProcessMediaByProcedure' } as const
    vod.faults.add(
      { kind: 'dropCallback', probability: eventFaults.drop },
      { kind: 'doubleCallback', probability: eventFaults.double },
      { kind: 'delayCallback', delay: eventFaults.delayMs, probability: eventFaults.delay },
      ...(['PullUpload', 'EditMedia', 'ReviewAudioVideo'] as const).map(
        (action) => ({ kind: 'loseReply', action, probability: callFaults.loseReply }) as const,
      ),
      { kind: 'loseReply', ...submit, probability: callFaults.loseReply },
      { kind: 'errorAfter', ...submit, code: 'InternalError', probability: callFaults.loseReply },
      { kind: 'error', action: '*', code: 'InternalError', probability: callFaults.error },
    )
  }

  /** What time passes on to others is done when nothing of it is under way: only then may it move again. */
  async function quiet(): Promise<void> {
    do {
      await setImmediate()
      await vod.idle()
      await time.follow(vod.clock)
      await setImmediate()
    } while (vod.books().underWay > 0 || (vod.clock.next() ?? Number.POSITIVE_INFINITY) <= Date.now())
  }

  function start(job: SimulatedJob): Promise<WorkflowHandle> {
    const request = { FileId: fileIds.get(job) as string, ProcedureName: job.ProcedureName }
    return environment.client.workflow.start('processMediaByProcedure', {
      workflowId: `seed-${seed}-job-${job.number}`,
      taskQueue: 'vodflow',
      args: [{ request, onFailure: 'return' }],
    })
  }

  async function allEnded(): Promise<boolean> {
    for (const handle of handles.values())
      if ((await handle.describe()).status.name === 'RUNNING') return false
    return true
  }

  /** Not `result()`: the test server would move the time by years. */
  async function endOf(job: SimulatedJob, handle: WorkflowHandle): Promise<Ended> {
    const { status, closeTime } = await handle.describe()
    const { events } = await handle.fetchHistory()
    const payload = events?.at(-1)?.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0]
    const outcome = payload ? { outcome: defaultPayloadConverter.fromPayload<Outcome>(payload) } : {}
    const FileId = fileIds.get(job) as string
    const closed = closeTime ? { closedAt: closeTime.getTime() } : {}
    return { job, FileId, status: status.name, events: events?.length ?? 0, ...closed, ...outcome }
  }
}

function atTime(at: number | undefined, happen: Happening['happen']): Happening[] {
  return at === undefined ? [] : [{ at, happen }]
}

function hasEnded(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error
}
