import { createHash } from 'node:crypto'
import { type Client, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure, type Payload } from '@temporalio/common'
import type { VodflowError } from '../base/vodflowError.js'
import {
  type DecideOptions,
  decideUpdate,
  type GateDecision,
  type GateView,
  gatesQuery,
  howDecided,
  saysTheSame,
} from '../contract/gates.js'
import { historyPages } from '../temporal/historyPages.js'
import { payloadReader } from '../temporal/payloads.js'
import { asDecision } from './answers.js'
import { askWorker, type QueryTarget, queryWorker } from './askWorker.js'
import { describeIfThere } from './earlierRun.js'
import { DecisionRefusedError, RunNotFoundError } from './errors.js'

/** Returns every review gate of a run, open or decided. */
export async function gatesOf(client: Client, run: QueryTarget): Promise<readonly GateView[]> {
  return (await queryWorker<readonly GateView[]>(client, run, gatesQuery)) ?? []
}

/** Decides at a gate. A repeat of the same decision by the same person gets the first answer, even after the run has ended. */
export async function decide(
  client: Client,
  workflowId: string,
  decision: DecideOptions,
): Promise<GateDecision> {
  // The runId keeps the decision from reaching the next run if this one continues as new in the meantime.
  const runId = decision.runId ?? (await describeIfThere(client, workflowId))?.runId
  const run = runId === undefined ? { workflowId } : { workflowId, runId }
  try {
    return await askWorker(client, run, () => update(client, run, decision))
  } catch (error) {
    const refused = await refusalOf(client, error, { run, gate: decision.gate })
    if (refused instanceof DecisionRefusedError && refused.earlier && saysTheSame(refused.earlier, decision))
      return refused.earlier
    throw refused
  }
}

/** Sends the update. Its id is a hash of the decision, because Temporal answers a repeated id with the first answer. */
function update(
  client: Client,
  { workflowId, runId }: QueryTarget,
  decision: DecideOptions,
): Promise<GateDecision> {
  const said = createHash('sha256')
    .update(JSON.stringify([decision.gate, decision.decision, decision.by]))
    .digest('hex')
  const handle = client.workflow.getHandle(workflowId, runId)
  return handle.executeUpdate<GateDecision, [object]>(decideUpdate, {
    args: [{ ...decision, runId }],
    updateId: `decide/${said.slice(0, 32)}`,
  })
}

async function refusalOf(
  client: Client,
  error: unknown,
  { run, gate }: { run: QueryTarget; gate: string },
): Promise<unknown> {
  if (error instanceof RunNotFoundError) return refusalAfterEnd(client, { run, gate, cause: error })
  if (!(error instanceof WorkflowUpdateFailedError)) return error
  const { cause } = error
  const earlier =
    cause instanceof ApplicationFailure && cause.type === 'AlreadyDecided' ? cause.details?.[0] : undefined
  return new DecisionRefusedError(run.workflowId, {
    gate,
    what: cause?.message ?? error.message,
    earlier: earlier as GateDecision | undefined,
    cause: error,
  })
}

/** Returns the decisions of people that the history of a run shows, without a worker. Those that cannot be read here are left out. */
export async function decisionsOf(
  client: Client,
  run: { readonly workflowId: string; readonly runId: string },
): Promise<readonly GateDecision[]> {
  const { namespace } = client.options
  const read = payloadReader(client.options)
  const owner = { type: 'workflow', namespace, workflowId: run.workflowId } as const
  const asked = new Set<string>()
  const answers: Payload[] = []
  for await (const events of historyPages(client, run)) {
    for (const event of events) {
      const { acceptedRequest } = event.workflowExecutionUpdateAcceptedEventAttributes ?? {}
      const { meta, outcome } = event.workflowExecutionUpdateCompletedEventAttributes ?? {}
      if (acceptedRequest?.input?.name === decideUpdate) asked.add(acceptedRequest.meta?.updateId ?? '')
      if (asked.has(meta?.updateId ?? '')) answers.push(...(outcome?.success?.payloads ?? []))
    }
  }
  const decisions = await Promise.all(answers.map((each) => read(each, owner).catch(() => undefined)))
  return decisions.map(asDecision).filter((each) => each !== undefined)
}

/** Returns the error for a run that has ended. Its history has the decision of a person, and its worker any decision. */
async function refusalAfterEnd(
  client: Client,
  { run, gate, cause }: { run: QueryTarget; gate: string; cause: VodflowError },
): Promise<DecisionRefusedError> {
  const { runId } = run
  const decisions = runId === undefined ? [] : await decisionsOf(client, { ...run, runId }).catch(() => [])
  const earlier =
    decisions.find((each) => each.gate === gate) ??
    (await gatesOf(client, run).catch(() => [])).find((each) => each.gate === gate)?.decision
  const what = earlier
    ? `gate "${gate}" is ${earlier.decision} already, ${howDecided(earlier)}`
    : 'the run has ended or does not exist'
  return new DecisionRefusedError(run.workflowId, { gate, what, earlier, cause })
}
