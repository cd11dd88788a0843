import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import type { GateDecision, Vodflow } from '../../src/client/index.js'
import { randomFrom } from '../../src/emulator/faults.js'
import type { EmulatorMedia, EmulatorTask } from '../../src/emulator/model.js'
import type { Shown } from '../explore/judgeFields.js'
import { judgeOutcome } from '../explore/judgeOutcome.js'
import type { PipelineResult } from '../support/pipeline.js'
import { tasksOf, workflowOf } from '../support/sendOf.js'
import { untilReached } from './untilReached.js'
import type { Vod } from './vod.js'

export const pipelineQueue = 'pipelines'

/** How a pipeline ended, as its client saw it. */
export interface Piped {
  readonly workflowId: string
  /** What the person said that was first. */
  readonly said?: GateDecision
  /** What was answered to who came second, and said the opposite. */
  readonly second?: string
  readonly result?: PipelineResult
  readonly problem?: string
}

interface Hands {
  readonly vodflow: Vodflow
  readonly vod: Vod
  readonly file: string
  readonly longestMs: number
}

/** Starts a pipeline, decides at its gate, twice and differently, and waits for its end. */
export async function doPipeline(number: number, { vodflow, vod, file, longestMs }: Hands): Promise<Piped> {
  const workflowId = `pipeline/${number}`
  const { client } = vodflow
  try {
    const { MediaUrl } = await vod.upload(file, { name: `source of ${number}` })
    const looks = [5, 15, 30, 60, 120, 240, 600].map((s) => s * 1_000)
    const delays = { looks, unlistedLooks: looks, listings: [1_000, 2_000, 5_000] }
    const input = { MediaUrl, name: `pipeline ${number}`, delays, retryDelays: Array(100).fill(500) }
    await untilReached(() =>
      client.workflow.start('pipeline', {
        workflowId,
        taskQueue: pipelineQueue,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    )
    const over = new AbortController()
    const until = AbortSignal.any([over.signal, AbortSignal.timeout(longestMs)])
    const people = decideTwice(vodflow, workflowId, { number, until }).catch((error: Error) => ({
      second: `${error.name}: ${error.message}`,
    }))
    const result = await untilReached(
      () => client.workflow.getHandle(workflowId).result() as Promise<PipelineResult>,
    ).finally(() => over.abort())
    return { workflowId, result, ...(await people) }
  } catch (error) {
    return { workflowId, problem: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

/** Ends with the pipeline: a gate that is gone cannot be decided. */
async function decideTwice(
  vodflow: Vodflow,
  workflowId: string,
  { number, until }: { readonly number: number; readonly until: AbortSignal },
): Promise<Pick<Piped, 'said' | 'second'>> {
  const isOpen = () =>
    vodflow.gates(workflowId).then(
      (gates) => gates.some(({ status }) => status === 'open'),
      () => false,
    )
  while (!(await isOpen())) await sleep(500, undefined, { signal: until })
  const decision = number % 2 === 0 ? 'approved' : 'rejected'
  const opposite = number % 2 === 0 ? 'rejected' : 'approved'
  const said = await decided(vodflow, workflowId, { decision, by: 'first' }, until)
  const second = await decided(vodflow, workflowId, { decision: opposite, by: 'second' }, until).then(
    () => 'taken',
    (error: Error) => (until.aborted ? 'too late' : error.name),
  )
  return { said, second }
}

/** Workers die, Temporal is away: who decides asks again, in the same words, and once more when the pipeline has ended. */
async function decided(
  vodflow: Vodflow,
  workflowId: string,
  { decision, by }: Pick<GateDecision, 'decision' | 'by'>,
  until: AbortSignal,
): Promise<GateDecision> {
  for (;;) {
    const isLast = until.aborted
    try {
      return await vodflow.decide(workflowId, { gate: 'review', decision, by, reason: 'chaos' })
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'DecisionRefusedError' || isLast) throw error
      await sleep(500)
    }
  }
}

/** A receiver that fails now and then, and checks each signature. */
export async function startReceiver(seed: number) {
  const random = randomFrom(seed)
  const secret = `whsec_${Buffer.alloc(32, 'chaos').toString('base64')}`
  /** Ids that were taken, and how often. */
  const taken = new Map<string, number>()
  let unsigned = 0
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
    })
    request.on('end', () => {
      if (random() < 0.2) return void response.writeHead(500).end()
      const headers = request.headers as Record<string, string>
      try {
        new Webhook(secret).verify(body, headers)
        const id = headers['webhook-id'] ?? ''
        taken.set(id, (taken.get(id) ?? 0) + 1)
      } catch {
        unsigned++
      }
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { endpoint: { url, secret }, taken, unsigned: () => unsigned, close: () => server.close() }
}

/** Task by task: one pull, one edit, its flow of two, and one moderation. */
const wanted: Readonly<Record<string, number>> = {
  PullUpload: 1,
  EditMedia: 1,
  Procedure: 1,
  ReviewAudioVideo: 2,
}

/** What is wrong with the pipelines, by VOD's own books. Empty: nothing. */
export function judgePipelines(
  pipelines: readonly Piped[],
  {
    media,
    tasks,
    told,
    shown,
  }: {
    /** Those that are there, by FileId. */
    readonly media: ReadonlyMap<string, EmulatorMedia>
    readonly tasks: readonly EmulatorTask[]
    readonly shown: Shown
    readonly told: ReadonlyMap<string, number>
  },
): string[] {
  const wrong = pipelines.flatMap(({ workflowId, result, problem, said, second }) => {
    const says = (what: string) => `${workflowId}: ${what}`
    if (!result) return [says(problem ?? 'has no end')]
    const own = tasks.filter((task) => workflowOf(task) === workflowId)
    const counts = Object.entries(wanted).flatMap(([TaskType, count]) => {
      const made = own.filter((task) => task.TaskType === TaskType).length
      return made === count ? [] : [says(`${made} tasks of type ${TaskType}`)]
    })
    const lies = result.outcomes.flatMap((outcome) =>
      judgeOutcome(outcome, tasksOf(outcome, own), shown).map((lie) =>
        says(`${outcome.attempts[0]?.action}: ${lie}`),
      ),
    )
    const { decision, FileId = '', told: id = '' } = result
    const file = media.get(FileId)
    return [
      ...counts,
      ...lies,
      ...(JSON.stringify(decision) === JSON.stringify(said)
        ? []
        : [says(`decided ${decision?.by}, first was ${said?.by}`)]),
      ...(second === 'DecisionRefusedError' || second === 'too late'
        ? []
        : [says(`a second decision was ${second}`)]),
      ...(decision?.decision === 'approved' && !file?.Tags.includes('published')
        ? [says('approved, not published')]
        : []),
      ...(decision?.decision === 'rejected' && file ? [says('rejected, and still there')] : []),
      ...(told.has(id) ? [] : [says('nobody was told')]),
    ]
  })
  return told.size > pipelines.length
    ? [...wrong, `${told.size} webhooks for ${pipelines.length} pipelines`]
    : wrong
}
