import {
  type BatchClient,
  type BatchHandle,
  connect,
  InvalidInputError,
  type Outcome,
  RefusedError,
  RunError,
  type RunHandle,
  RunMediaError,
  type Vodflow,
  VodflowError,
} from 'vodflow'
import { expectType, type Is } from './is.js'
import type { publish } from './workflows.js'

export async function use(): Promise<void> {
  await using vodflow = await connect({ address: 'localhost:7233', account: 'eu' })
  expectType<Is<typeof vodflow, Vodflow>>()

  const run = await vodflow.process(
    { FileId: '528', ProcedureName: 'episode', TasksPriority: 1 },
    { workflowId: 'mine', onPartial: 'repair' },
  )
  expectType<Is<typeof run, RunHandle<Outcome>>>()
  const outcome = await run.result({ signal: AbortSignal.timeout(1_000) })
  if (outcome.status === 'succeeded') expectType<Is<(typeof outcome)['status'], 'succeeded'>>()
  // A template that asks for moderation only makes no task flow.
  expectType<Is<typeof outcome.TaskId, string | undefined>>()
  expectType<Is<typeof outcome.FileId, string | undefined>>()
  for (const { TaskId, FinishTime, verdicts = [] } of outcome.tasks) {
    expectType<Is<typeof TaskId, string | undefined>>()
    expectType<Is<typeof FinishTime, string | undefined>>()
    for (const { Suggestion, Label } of verdicts) {
      // @ts-expect-error a verdict that is missing has no Suggestion
      Suggestion.toLowerCase()
      expectType<Is<typeof Label, string | undefined>>()
    }
  }
  for await (const { percent } of run.watch()) expectType<Is<typeof percent, number>>()

  const published = await vodflow.start<typeof publish>('publish', {
    id: 'episode/e01',
    taskQueue: 'pipelines',
    args: ['528', { title: 'A film' }],
  })
  const result = await published.result()
  expectType<Is<typeof result, { FileId: string; approved: boolean }>>()
  // @ts-expect-error an argument is missing
  await vodflow.start<typeof publish>('publish', { id: 'x', taskQueue: 'pipelines', args: ['528'] })
  // @ts-expect-error all arguments are missing
  await vodflow.start<typeof publish>('publish', { id: 'x', taskQueue: 'pipelines' })
  // @ts-expect-error the task queue is missing
  await vodflow.start<typeof publish>('publish', { id: 'x', args: ['528', { title: '' }] })
  // @ts-expect-error the id stands for the workflow id
  await vodflow.start('publish', { workflowId: 'x', taskQueue: 'pipelines', args: [] })
  const unknown = await (await vodflow.attach('x')).result()
  expectType<Is<typeof unknown, unknown>>()

  const batch = await vodflow.batches.start(
    { source: { FileIds: ['528'] }, ProcedureName: 'episode' },
    { workflowId: 'library' },
  )
  expectType<Is<typeof batch, BatchHandle>>()
  const spec = { cronExpressions: ['0 3 * * *'] }
  await vodflow.batches.schedule(
    { source: { search: { Categories: ['Video'] } }, ProcedureName: 'episode' },
    { scheduleId: 'nightly', spec },
  )
  // @ts-expect-error the request comes first
  await vodflow.batches.start('library', { source: { FileIds: [] }, ProcedureName: 'episode' })

  const decision = { gate: 'review', decision: 'approved', by: 'ada', reason: 'a beach' } as const
  await vodflow.decide('episode/e01', decision)
}

export function explain(error: unknown): string {
  if (error instanceof InvalidInputError) return error.problems.map(({ field }) => field).join()
  if (error instanceof RefusedError) return error.vodCode
  if (error instanceof RunMediaError) return error.outcome.status
  if (error instanceof RunError) return error.workflowId
  if (error instanceof VodflowError) {
    expectType<Is<typeof error.code, `VODFLOW_${string}`>>()
    return `${error.code}: ${error.what}. ${error.remedy}`
  }
  return String(error)
}

export type Handles = [Vodflow, BatchClient, RunHandle<string>]
