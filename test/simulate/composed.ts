import type { Client } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import type { BatchReport, DecideOptions, GateView } from '../../src/client/index.js'
import type { Emulator } from '../../src/emulator/index.js'
import type { EmulatorTask } from '../../src/emulator/model.js'
import type { PipelineResult } from '../support/pipeline.js'
import { workflowOf } from '../support/sendOf.js'
import { hour, type Scenario } from './scenario.js'
import type { Round } from './world.js'

/** What a seed composes of steps: a pipeline with a person in it, and a batch. */
export interface Composed {
  /** Workflow ids, those of the items of the batch too. */
  readonly ids: readonly string[]
  starts(client: Client): { readonly at: number; happen(): Promise<unknown> }[]
  /** The person of the pipeline: decides once the time has come. */
  decide(client: Client, now: number): Promise<void>
  /** When the person wants to decide, ms since the epoch. */
  next(): number | undefined
  ended(client: Client): Promise<boolean>
  violations(client: Client, vod: Emulator): Promise<string[]>
  /** How each ended, in a few words; after `violations`. */
  readonly ends: readonly string[]
}

/** A batch looks for silent runs every 15 minutes, and goes on as new: still its histories are short. */
const mostEvents = 10_000

export async function composedOf(round: Round, { seed, pipeline, batch }: Scenario): Promise<Composed> {
  const pipelineId = `seed-${seed}-pipeline`
  const batchId = `seed-${seed}-batch`
  const { MediaUrl } = await round.upload('source')
  const items: string[] = []
  for (let item = 0; item < (batch?.items ?? 0); item++) items.push((await round.upload('item')).FileId)
  const open = [...(pipeline ? [pipelineId] : []), ...(batch ? [batchId] : [])]
  let decidesAt: number | undefined
  let decided = false
  const over = new Set<string>()
  // Asked of a run that is over, the whole of it would be replayed for each hour that others go on.
  const undecided = () => !decided && !over.has(pipelineId)
  const ends: string[] = []
  const gateOf = async (client: Client) => {
    const gates = await client.workflow
      .getHandle(pipelineId)
      .query<readonly GateView[]>('vodflow.gates')
      .catch(() => [])
    return gates[0]
  }
  const start = (client: Client, type: string, workflowId: string, input: object) => () =>
    client.workflow.start(type, { workflowId, taskQueue: 'vodflow', args: [input] })

  return {
    ends,
    ids: [...open, ...items.map((FileId) => `${batchId}/${FileId}`)],
    starts: (client) => [
      ...(pipeline
        ? [
            {
              at: pipeline.startsAt,
              happen: start(client, 'pipeline', pipelineId, {
                MediaUrl,
                name: 'edited',
                deadline: pipeline.deadline,
              }),
            },
          ]
        : []),
      ...(batch
        ? [
            {
              at: batch.startsAt,
              happen: start(client, 'processBatch', batchId, {
                source: { FileIds: items },
                ProcedureName: 'one',
                window: batch.window,
                stopAtFailedPercent: 100,
              }),
            },
          ]
        : []),
    ],
    async decide(client, now) {
      if (!pipeline || !undecided()) return
      if (decidesAt === undefined) {
        const gate = await gateOf(client)
        if (gate) decidesAt = Date.parse(gate.openedAt) + (pipeline.decidesAfter ?? 1_000 * hour)
      }
      if (decidesAt === undefined || now < decidesAt) return
      decided = true
      const args: [DecideOptions] = [
        { gate: 'review', decision: pipeline.decision, by: 'ada', reason: 'simulated' },
      ]
      const handle = client.workflow.getHandle(pipelineId)
      // After the deadline it is refused, in words; what came of it is looked at in the end.
      await handle.executeUpdate<unknown, [DecideOptions]>('vodflow.decide', { args }).catch(() => {})
    },
    next: () => (undecided() ? decidesAt : undefined),
    async ended(client) {
      for (const id of open) {
        if (over.has(id)) continue
        const status = await client.workflow
          .getHandle(id)
          .describe()
          .then(({ status }) => status.name)
          .catch(() => 'NOT STARTED')
        if (status !== 'RUNNING' && status !== 'NOT STARTED') over.add(id)
      }
      return over.size === open.length
    },
    async violations(client, vod) {
      const { tasks } = vod.books()
      const found: string[] = []
      if (pipeline) {
        const { result, status } = await endOf<PipelineResult>(client, pipelineId)
        found.push(
          ...pipelineViolations(
            result,
            status,
            tasks.filter((task) => workflowOf(task) === pipelineId),
          ),
        )
        ends.push(
          `pipeline ${result?.decision ? `decided by ${result.decision.decidedBy}` : 'without a decision'}`,
        )
        if (result?.decision) found.push(...decisionViolations(result, vod))
      }
      if (batch) {
        const { result, status, events } = await endOf<BatchReport>(client, batchId)
        ends.push(...items.map(() => 'item of a batch'))
        if (events > mostEvents) found.push(`a batch with ${events} events`)
        found.push(...batchViolations(result, status, { tasks, items }))
      }
      return found.map((problem) => `seed ${seed}, composed: ${problem}`)
    },
  }

  function decisionViolations({ decision, FileId = '' }: PipelineResult, vod: Emulator): string[] {
    const inTime = pipeline?.decidesAfter !== undefined && pipeline.decidesAfter < pipeline.deadline - hour
    const late = pipeline?.decidesAfter === undefined || pipeline.decidesAfter > pipeline.deadline + hour
    const media = vod.media(FileId)
    const published = media?.Tags.includes('published') ?? false
    return [
      ...(inTime && decision?.decidedBy !== 'person'
        ? [`decided by ${decision?.decidedBy}, not by the person`]
        : []),
      ...(late && decision?.decidedBy !== 'deadline'
        ? [`decided by ${decision?.decidedBy}, not by its deadline`]
        : []),
      ...((decision?.decision === 'approved') === published
        ? []
        : [`${decision?.decision}, but published: ${published}`]),
      ...(decision?.decision === 'rejected' && media ? ['rejected, and still there'] : []),
    ]
  }
}

/** At most: a step that is unknown ends the pipeline early. */
const most: Readonly<Record<string, number>> = {
  PullUpload: 1,
  EditMedia: 1,
  Procedure: 1,
  ReviewAudioVideo: 2,
}

function pipelineViolations(
  result: PipelineResult | undefined,
  status: string,
  own: readonly EmulatorTask[],
): string[] {
  const twice = Object.entries(most).flatMap(([TaskType, count]) => {
    const made = own.filter((task) => task.TaskType === TaskType).length
    return made > count ? [`paid twice: ${made} tasks of type ${TaskType}`] : []
  })
  if (!result) return [...twice, `the pipeline is ${status}`]
  const known = result.outcomes.flatMap(({ tasks }) => tasks.map(({ TaskId }) => TaskId))
  const sure = result.outcomes.every(({ status }) => status === 'succeeded')
  const unread = own.filter(({ TaskId, TaskType }) => TaskType !== 'PullUpload' && !known.includes(TaskId))
  const open = own.filter(({ Status }) => Status !== 'FINISH')
  return [
    ...twice,
    ...(sure ? unread.map(({ TaskId }) => `succeeded without ${TaskId}`) : []),
    ...(sure ? open.map(({ TaskId }) => `fooled: ${TaskId} goes on`) : []),
    ...(sure && own.length !== 5 ? [`succeeded with ${own.length} of 5 tasks`] : []),
    ...(sure && !result.decision ? ['succeeded without a decision'] : []),
  ]
}

function batchViolations(
  report: BatchReport | undefined,
  status: string,
  { tasks, items }: { readonly tasks: readonly EmulatorTask[]; readonly items: readonly string[] },
): string[] {
  const made = (FileId: string) => tasks.filter((task) => task.FileId === FileId).length
  const twice = items
    .filter((FileId) => made(FileId) > 1)
    .map((FileId) => `item ${FileId} was paid ${made(FileId)} times`)
  if (!report) return [...twice, `the batch is ${status}`]
  const ended = Object.values(report.counts.ended).reduce((sum, count) => sum + count, 0)
  return ended === items.length ? twice : [...twice, `${ended} of ${items.length} items ended`]
}

/** Not `result()`: the test server would move the time by years. */
async function endOf<T>(
  client: Client,
  workflowId: string,
): Promise<{ status: string; events: number; result?: T }> {
  const handle = client.workflow.getHandle(workflowId)
  const { status } = await handle.describe()
  const { events } = await handle.fetchHistory()
  const payload = events?.at(-1)?.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0]
  const result = payload ? { result: defaultPayloadConverter.fromPayload<T>(payload) } : {}
  return { status: status.name, events: events?.length ?? 0, ...result }
}
