import {
  ApplicationFailure,
  continueAsNew,
  defineQuery,
  executeChild,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import { processMediaByProcedure, pullUpload, reviewGate } from '../../src/workflows/index.js'

/* Workflows as users write them: several steps and gates, no step at all, and every way to end. */

const one = (FileId: string) => processMediaByProcedure({ request: { FileId, ProcedureName: 'one' } })
const two = (FileId: string) => processMediaByProcedure({ request: { FileId, ProcedureName: 'two' } })

/** A step, a person, another step. */
export async function publish(FileId: string, tags: readonly string[] = []): Promise<object> {
  const { moderation } = await two(FileId)
  const subject = { title: 'A quiet evening', FileId }
  const { decision, by } = await reviewGate({ moderation, subject, policy: () => 'review' })
  await one(FileId)
  return { decision, by, tags }
}

/** Two steps at once, which VOD does not start. One goes on where the other is detached. */
export async function sideBySide(FileId: string): Promise<void> {
  const names = ['one', 'two']
  await Promise.all(
    names.map((ProcedureName) =>
      processMediaByProcedure({ request: { FileId, ProcedureName }, onFailure: 'return' }),
    ),
  )
}

export async function oneAfterTheOther(FileId: string): Promise<void> {
  const input = { request: { FileId, ProcedureName: 'one' }, onFailure: 'return' } as const
  await processMediaByProcedure({ ...input, key: 'first' })
  await processMediaByProcedure({ ...input, key: 'second' })
}

/** A wait of its own, then two steps at once. */
export async function waitsFirst(FileId: string): Promise<void> {
  await sleep(500)
  await sideBySide(FileId)
}

/** Two gates at once. */
export async function twoGates(): Promise<void> {
  await Promise.all(['film', 'cover'].map((gate) => reviewGate({ gate, moderation: undefined })))
  await sleep('1 day')
}

/** What a person decides is in a workflow of its own. */
export async function inChildren(FileId: string): Promise<string> {
  const workflowId = `${workflowInfo().workflowId}/child`
  return executeChild(gated, { workflowId, args: [FileId] })
}

export async function gated(FileId: string): Promise<string> {
  await one(FileId)
  return (await reviewGate({ moderation: undefined })).decision
}

/** No step; any JSON, or nothing. */
export async function returns(value?: unknown): Promise<unknown> {
  return value
}

export async function refused(FileId: string): Promise<unknown> {
  return processMediaByProcedure({ request: { FileId, ProcedureName: 'nobody-has-it' } })
}

export async function fails(message: string): Promise<void> {
  throw ApplicationFailure.nonRetryable(message)
}

/** A plain error fails the workflow task, again and again, and never the workflow. */
export async function wedged(FileId?: string): Promise<void> {
  if (FileId !== undefined) await one(FileId)
  throw new Error('no FileId in row 7')
}

/** Answers queries of vodflow's names with something of its own. */
export async function answersOtherwise(): Promise<void> {
  for (const name of ['vodflow.view', 'vodflow.gates', 'vodflow.steps', 'vodflow.progress'])
    setHandler(defineQuery(name), () => ({ gates: 'none', steps: [{ key: 1 }] }))
  await sleep('1 day')
}

/** An activity that its worker does not have is tried again and again. */
export async function triesAgain(): Promise<void> {
  const retry = { initialInterval: '1 hour' }
  await proxyActivities({ startToCloseTimeout: '1 minute', retry }).saveEpisode?.()
}

export async function stays(): Promise<void> {
  await sleep('1 day')
}

export async function continues(FileId: string, again = true): Promise<string> {
  const { status } = await one(FileId)
  return again ? continueAsNew<typeof continues>(FileId, false) : status
}

/** Catches its cancellation, and completes. */
export async function completesAllTheSame(): Promise<string> {
  await sleep('1 day').catch(() => undefined)
  return 'cleaned up'
}

export { processMediaByProcedure, pullUpload }
