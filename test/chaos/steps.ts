import { setTimeout as sleep } from 'node:timers/promises'
import { isGrpcServiceError, ServiceError } from '@temporalio/client'
import {
  type CancelSummary,
  type Outcome,
  RunCanceledError,
  TemporalUnreachableError,
  type Vodflow,
} from '../../src/client/index.js'
import type { VodClient } from '../../src/vod/client.js'
import { stepKinds } from '../explore/kinds.js'
import { markerOf } from '../explore/marker.js'
import { childIn, completedTasks, type Execution, Operator } from '../explore/operator.js'
import { Missed } from '../explore/until.js'
import { pipelineQueue } from './pipelines.js'
import { roundsOfHost, type StepPlan } from './stepPlan.js'
import { untilReached } from './untilReached.js'
import type { Vod } from './vod.js'

/** How a step ended, as its client saw it. */
export interface Stepped {
  readonly plan: StepPlan
  readonly FileId: string
  /** What was done to it, or why not. */
  readonly acted: 'done' | 'too late'
  /** Several of a workflow that continues as new. */
  readonly outcomes?: readonly Outcome[]
  /** It was canceled; with what it said then, if anything. */
  readonly canceled?: { readonly summary?: CancelSummary }
  readonly problem?: string
  readonly endedAt: number
}

interface Hands {
  readonly vodflow: Vodflow
  readonly vod: Vod
  readonly file: string
  readonly longestMs: number
  /** The clock of a worker may be behind by so much. */
  readonly behindMs: number
}

const definitions = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Definition: 100_010 + 10 * (index % 4) }))

/** Templates of the kinds that only chaos has. */
export const stepTemplates = {
  slow: {
    MediaProcessTask: { TranscodeTaskSet: definitions(4), SampleSnapshotTaskSet: [{ Definition: 10 }] },
  },
  changing: { MediaProcessTask: { TranscodeTaskSet: definitions(1) } },
}

const changed = {
  MediaProcessTask: { TranscodeTaskSet: definitions(2) },
  ReviewAudioVideoTask: { Definition: 10 },
}

const betweenChangesMs = 2_500

/**
 * Changes the template of the kind `changing` again and again, for so long: a step whose answer is lost waits a minute after the last
 * change. @returns how often, when it is told to stop.
 */
export function changeTemplate(client: VodClient, forMs: number): () => number {
  let changes = 0
  const ends = Date.now() + forMs
  const timer = setInterval(() => {
    if (Date.now() > ends) return
    const body = changes % 2 === 0 ? changed : stepTemplates.changing
    client.call('ResetProcedureTemplate', { Name: 'changing', ...body }).then(
      () => changes++,
      () => {},
    )
  }, betweenChangesMs)
  return () => {
    clearInterval(timer)
    return changes
  }
}

const second = 1_000
const looks = [10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 600, 900].map((s) => s * second)
/** A task that has a name is waited for: it may have been made by a chain that was terminated a minute ago. */
const patient = {
  looks,
  unlistedLooks: [5, ...looks.map((ms) => ms / second)].map((s) => s * second),
  listings: [second, 2 * second, 5 * second],
  listingsGiveUp: 60 * second,
}
/** So long a split or a composition waits for its task at least, ms. */
export const shortestWaitMs = 45 * second

/** A split or a composition whose answer and event are lost is never named. The worker's clock says when it was made. */
const delaysOf = ({ behindMs }: Hands) => ({
  ...patient,
  overdue: 20 * second + behindMs,
  giveUp: shortestWaitMs + behindMs,
})

/** Runs a step where the plan wants it, does to it what people do, and waits for its end. */
export async function doStep(plan: StepPlan, hands: Hands): Promise<Stepped> {
  const workflowId = `step/${plan.number}`
  const { vodflow } = hands
  const { FileId, start } = await prepared(plan, workflowId, hands)
  try {
    await untilReached(() => start('REJECT_DUPLICATE'))
    // Activities are short.
    if (plan.act !== 'reset the activity') await sleep(plan.after)
    const acted = await act(plan, { vodflow, workflowId, start })
    return { plan, FileId, acted, ...(await reported(workflowId, hands)), endedAt: Date.now() }
  } catch (error) {
    return { plan, FileId, acted: 'too late', problem: wordsOf(error), endedAt: Date.now() }
  }
}

type Start = (reuse: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE') => Promise<unknown>

async function prepared(
  plan: StepPlan,
  workflowId: string,
  hands: Hands,
): Promise<{ readonly FileId: string; readonly start: Start }> {
  const { number, kind, host, name } = plan
  const { vod, vodflow, file } = hands
  const SessionContext = markerOf(number)
  const uploaded = kind === 'upload' ? { Procedure: 'two', SessionContext } : {}
  const { FileId, MediaUrl } = await vod.upload(file, { name, ...uploaded })
  const source = { FileId, MediaUrl, name, SubAppId: 1_500_000_001, SessionContext }
  const common = { onFailure: 'return', onPartial: 'accept' }
  const ask = async () => {
    switch (kind) {
      case 'slow':
      case 'changing':
        return {
          step: 'processMediaByProcedure',
          input: { request: { FileId, ProcedureName: kind, SessionContext }, delays: patient, ...common },
        }
      case 'upload': {
        const flow = (await vod.tasks(FileId)).find(({ TaskType }) => TaskType === 'Procedure')
        return flow && { step: 'adoptTask', input: { TaskId: flow.TaskId, delays: patient } }
      }
      default: {
        const { step, request, makes } = stepKinds[kind]
        const isUnlisted = 'SplitMedia' in makes || 'ComposeMedia' in makes
        const input = { request: request(source), delays: isUnlisted ? delaysOf(hands) : patient, ...common }
        return { step, input }
      }
    }
  }
  const asked = await ask()
  // VOD was killed between the upload and its procedure.
  if (!asked) return prepared(plan, workflowId, hands)
  const { step, input } = asked
  const own = host === 'name'
  const start: Start = (workflowIdReusePolicy) =>
    vodflow.client.workflow.start(own ? step : host, {
      workflowId,
      taskQueue: own ? 'vodflow' : pipelineQueue,
      args: own ? [input] : [{ step, input }, ...(host === 'rounds' ? [roundsOfHost] : [])],
      workflowIdReusePolicy,
      workflowIdConflictPolicy: 'USE_EXISTING',
    })
  return { FileId, start }
}

interface Target {
  readonly vodflow: Vodflow
  readonly workflowId: string
  readonly start: Start
}

/** Does to a step what the plan wants, unless it has ended. */
async function act(plan: StepPlan, target: Target): Promise<Stepped['acted']> {
  const { vodflow, workflowId, start } = target
  const before = (await untilReached(() => vodflow.client.workflow.getHandle(workflowId).describe())).runId
  for (;;) {
    try {
      await actOnce(plan, target)
      break
    } catch (error) {
      if (!isAway(error)) {
        if (plan.act !== 'terminate and start again') return 'too late'
        break
      }
      await sleep(500)
    }
  }
  if (plan.act === 'terminate and start again') {
    await untilReached(async () => {
      const { runId } = await vodflow.client.workflow.getHandle(workflowId).describe()
      // The answer to an earlier try may be lost.
      if (runId === before) await start('ALLOW_DUPLICATE')
    })
  }
  return 'done'
}

async function actOnce(plan: StepPlan, { vodflow, workflowId }: Target): Promise<void> {
  const { client } = vodflow
  const operator = new Operator(client)
  switch (plan.act) {
    case 'nothing':
      return
    case 'cancel':
      await client.workflow.getHandle(workflowId).cancel()
      return
    case 'detach': {
      const step = await stepOf(plan, operator, workflowId)
      return (await vodflow.attach(step.workflowId)).detach()
    }
    case 'terminate and start again':
      await client.workflow.getHandle(workflowId).terminate('chaos')
      return
    case 'reset the activity':
      return resetActivity(await stepOf(plan, operator, workflowId), vodflow, operator)
    case 'reset the workflow': {
      const execution = await operator.currentRun(workflowId)
      const tasks = completedTasks(await operator.history(execution)).length
      await operator.reset(execution, Math.max(1, Math.ceil(plan.kept * tasks)), plan.signals)
    }
  }
}

/** The run that has the step: a child of the workflow, or the workflow. */
async function stepOf({ host }: StepPlan, operator: Operator, workflowId: string): Promise<Execution> {
  const top = await operator.currentRun(workflowId)
  if (host !== 'parent') return top
  for (let tries = 0; tries < 50; tries++) {
    const child = childIn(await operator.history(top))
    if (child) return child
    await sleep(200)
  }
  throw new Missed('it has no child')
}

/** The first activity that is pending. */
async function resetActivity(step: Execution, { client }: Vodflow, operator: Operator): Promise<void> {
  for (;;) {
    const { raw, status } = await client.workflow.getHandle(step.workflowId, step.runId).describe()
    const [pending] = raw.pendingActivities ?? []
    if (pending) return operator.act(step, pending, 'reset')
    if (status.name !== 'RUNNING') throw new Missed('no activity is pending any more')
    await sleep(100)
  }
}

/** gRPC's codes for what was asked of a run that cannot do it, such as one that has ended. */
const refusals: readonly number[] = [3, 5, 9]

function isAway(error: unknown): boolean {
  if (error instanceof TemporalUnreachableError) return true
  const cause = error instanceof ServiceError ? error.cause : error
  return isGrpcServiceError(cause) && !refusals.includes(cause.code)
}

async function reported(
  workflowId: string,
  { vodflow, longestMs }: Hands,
): Promise<Pick<Stepped, 'outcomes' | 'canceled' | 'problem'>> {
  const signal = AbortSignal.timeout(longestMs)
  try {
    const handle = await untilReached(() => vodflow.attach<Outcome | readonly Outcome[]>(workflowId))
    const result = await untilReached(() => handle.result({ signal }))
    return { outcomes: [result].flat() as readonly Outcome[] }
  } catch (error) {
    if (!(error instanceof RunCanceledError)) return { problem: wordsOf(error) }
    return { canceled: error.canceled ? { summary: error.canceled } : {} }
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
