import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client'
import { adoptType } from '../client/adopt.js'
import { runType } from '../client/earlierRun.js'
import { chainOf } from '../client/run.js'
import type { StepAddress } from '../vod/token.js'
import { type Progress, progressQuery } from '../workflows/progress.js'
import type { AuditRun } from './findings.js'

const statuses: Readonly<Record<string, AuditRun['status']>> = {
  RUNNING: 'open',
  PAUSED: 'open',
  CONTINUED_AS_NEW: 'open',
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
  FAILED: 'failed',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed out',
}

/** Questions to Temporal at once. */
const atOnce = 20
/** Open runs that are asked for their phase: each makes a worker answer. */
const maxPhases = 200
const phaseTimeoutMs = 3_000

/** The runs that tokens name: each once. */
export async function namedRuns(client: Client, addresses: readonly StepAddress[]): Promise<AuditRun[]> {
  const named = new Map(
    addresses.map(({ workflowId, chain }) => [`${workflowId} ${chain}`, { workflowId, chain }]),
  )
  return inTurns([...named.values()], ({ workflowId, chain }) => runOf(client, workflowId, chain))
}

/** Every run of ours that is open, with its phase; and what is adopted. */
export async function openRuns(
  client: Client,
): Promise<{ readonly runs: readonly AuditRun[]; readonly adopted: ReadonlySet<string> }> {
  const found: { workflowId: string; type: string }[] = []
  const query = `WorkflowType IN ("${runType}", "${adoptType}") AND ExecutionStatus = "Running"`
  for await (const { workflowId, type } of client.workflow.list({ query })) found.push({ workflowId, type })
  const adopting = found.filter(({ type }) => type === adoptType)
  const runs = await inTurns(
    found.filter(({ type }) => type === runType).map((run, index) => ({ ...run, index })),
    async ({ workflowId, index }) => {
      const run = await runOf(client, workflowId)
      const phase = index < maxPhases ? await phaseOf(client, workflowId) : undefined
      return phase === undefined ? run : { ...run, phase }
    },
  )
  const adopted = adopting.map(({ workflowId }) => workflowId.split('/task:').at(-1) ?? '')
  return { runs: runs.filter(({ status }) => status === 'open'), adopted: new Set(adopted) }
}

/** A reset or a workflow retry has another run of the same chain: the latest counts. */
async function runOf(client: Client, workflowId: string, chain?: string): Promise<AuditRun> {
  const latest = await describe(client, workflowId)
  if (latest && (chain === undefined || chainOf(latest) === chain)) return toRun(latest)
  const first = chain === undefined ? undefined : await describe(client, workflowId, chain)
  return first ? toRun(first) : { workflowId, chain: chain ?? '', status: 'forgotten', startedAt: 0 }
}

function toRun(run: WorkflowExecutionDescription): AuditRun {
  const status = statuses[run.status.name] ?? 'open'
  return { workflowId: run.workflowId, chain: chainOf(run), status, startedAt: run.startTime.getTime() }
}

async function describe(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(workflowId, runId).describe()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

async function phaseOf(client: Client, workflowId: string): Promise<string | undefined> {
  try {
    const ask = () => client.workflow.getHandle(workflowId).query<Progress | undefined>(progressQuery)
    return (await client.withDeadline(Date.now() + phaseTimeoutMs, ask))?.phase
  } catch {
    return undefined
  }
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += atOnce)
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(work))))
  return results
}
