import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client'
import { accountOfAdopted } from '../../client/adopt.js'
import { checkAnswer } from '../../client/answers.js'
import { UnreadableError } from '../../client/errors.js'
import { openIn } from '../../client/openRuns.js'
import { chainOf } from '../../client/run.js'
import { progressQuery, type RunProgress, type StepProgress, stepsQuery } from '../../contract/progress.js'
import { adoptType, memoFields, runType, stepTypes } from '../../contract/runNames.js'
import type { StepAddress } from '../../contract/seal/token.js'
import { cut } from '../../contract/text.js'
import { second } from '../../contract/time.js'
import { withoutEncoding } from '../../contract/unopened.js'
import { executionsIn, memoField, Unreadable } from '../../temporal/executions.js'
import type { Execution } from '../../temporal/executionsOf.js'
import { grpc, grpcCodeOf } from '../../temporal/grpc.js'
import { inTurns } from '../../temporal/inTurns.js'
import { outcomeOfRun } from '../../temporal/outcomeOfRun.js'
import { asStartRequest, type StartRequest, startOf } from '../../temporal/startOf.js'
import type { AuditRun } from './findings.js'

const statuses: Readonly<Record<string, AuditRun['status']>> = {
  RUNNING: 'open',
  PAUSED: 'open',
  CONTINUED_AS_NEW: 'open',
  COMPLETED: 'completed',
  CANCELLED: 'canceled',
  FAILED: 'failed',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed out',
}

const progressTimeoutMs = 3_000

/** The account and sub-apps whose tasks were listed. */
export interface Apps {
  readonly account: string
  readonly subApps: readonly (number | undefined)[]
}

/** Returns the runs that tokens name, each once. */
export async function namedRuns(client: Client, addresses: readonly StepAddress[]): Promise<AuditRun[]> {
  const named = new Map(
    addresses.map(({ workflowId, chain }) => [`${workflowId} ${chain}`, { workflowId, chain }]),
  )
  return inTurns([...named.values()], ({ workflowId, chain }) => runOf(client, workflowId, chain))
}

/** Returns every open run of vodflow. */
export async function openRuns(client: Client, apps: Apps): Promise<AuditRun[]> {
  const query = `WorkflowType = "${runType}" AND ${await openIn(client)}`
  const ids: string[] = []
  for await (const { workflowId } of executionsIn(client).list({ query })) ids.push(workflowId)
  const runs = await inTurns(ids, (workflowId) => runOf(client, workflowId, undefined, apps))
  return runs.filter(({ status }) => status === 'open')
}

/** States in which a run no longer waits for the task that it adopted. */
const lost = ['TERMINATED', 'TIMED_OUT']

/** Returns the tasks that a run of this account has adopted, unless that run ended before the task. */
export async function adoptedTasks(
  client: Client,
  { TaskIds, account }: Pick<Apps, 'account'> & { readonly TaskIds: ReadonlySet<string> },
): Promise<ReadonlySet<string>> {
  const runs: Execution[] = []
  for await (const run of executionsIn(client).list({ query: `WorkflowType = "${adoptType}"` }))
    if (TaskIds.has(taskOf(run)) && !lost.includes(run.status.name)) runs.push(run)
  const taken = await inTurns(runs, async (run) => {
    const start = await startOf(client, run)
    // An input that cannot be read may be of this account.
    const mine = start instanceof Unreadable || accountOfAdopted(start?.args[0]) === account
    return mine && !(await hasFailed(client, run)) ? [taskOf(run)] : []
  })
  return new Set(taken.flat())
}

/** A run of one step whose media did not succeed has waited to the end. A workflow of a user may have left other steps open. */
async function hasFailed(client: Client, run: Execution): Promise<boolean> {
  if (run.status.name !== 'FAILED') return false
  return !stepTypes.includes(run.type) || (await outcomeOfRun(client, run)) === undefined
}

function taskOf({ workflowId }: Execution): string {
  return workflowId.split('/task:').at(-1) ?? ''
}

/** Returns the status of the latest run of a workflow id. */
export async function statusOf(client: Client, workflowId: string): Promise<AuditRun['status']> {
  const run = await describe(client, workflowId)
  return run ? (await toRun(client, run, undefined)).status : 'forgotten'
}

/** The answer of a run to a query, or why it gave none. */
export type RunAnswer<T> = { readonly answer: T } | { readonly unanswered: string }

/** Asks a run for the progress of a step. The answer is undefined if no step of the run has this key or SessionId. */
export function progressOf(
  client: Client,
  run: Pick<AuditRun, 'workflowId' | 'runId'>,
  key?: string,
): Promise<RunAnswer<RunProgress | undefined>> {
  return answerOf(client, run, progressQuery, ...(key === undefined ? [] : [key]))
}

/** Asks a run for the progress of its steps. */
export function stepsOf(
  client: Client,
  run: Pick<AuditRun, 'workflowId' | 'runId'>,
): Promise<RunAnswer<readonly StepProgress[]>> {
  return answerOf(client, run, stepsQuery)
}

async function answerOf<T>(
  client: Client,
  { workflowId, runId }: Pick<AuditRun, 'workflowId' | 'runId'>,
  query: string,
  ...args: readonly string[]
): Promise<RunAnswer<T>> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId)
    const ask = () => handle.query<T, unknown[]>(query, ...args)
    const answer = await client.withDeadline(Date.now() + progressTimeoutMs, ask)
    checkAnswer(workflowId, query, answer)
    return { answer }
  } catch (error) {
    return { unanswered: whyUnanswered(error) }
  }
}

/** The codes with which Temporal says that no worker took the query in time. */
const notTaken: readonly unknown[] = [grpc.deadlineExceeded, grpc.canceled, grpc.failedPrecondition]

function whyUnanswered(error: unknown): string {
  if (notTaken.includes(grpcCodeOf(error))) return `no worker answered within ${progressTimeoutMs / second} s`
  if (error instanceof UnreadableError) return error.problem
  return cut(withoutEncoding(error instanceof Error ? error.message : String(error)), 200)
}

/** Returns the latest run of a chain. A reset and a workflow retry each start another run of it. */
async function runOf(client: Client, workflowId: string, chain?: string, apps?: Apps): Promise<AuditRun> {
  const latest = await describe(client, workflowId)
  if (latest && (chain === undefined || chainOf(latest) === chain)) return toRun(client, latest, apps)
  let run = chain === undefined ? undefined : await describe(client, workflowId, chain)
  // A reset terminates the run that it replaces, and records the new one.
  for (let next = replacementOf(run); run && next; next = replacementOf(run))
    run = await describe(client, workflowId, next)
  return run
    ? toRun(client, run, apps)
    : { workflowId, chain: chain ?? '', isStep: false, status: 'forgotten', startedAt: 0, listed: false }
}

function replacementOf(run: WorkflowExecutionDescription | undefined): string {
  return run?.raw.workflowExtendedInfo?.resetRunId ?? ''
}

async function toRun(
  client: Client,
  run: WorkflowExecutionDescription,
  apps: Apps | undefined,
): Promise<AuditRun> {
  const hasOutcome = run.status.name === 'FAILED' && !(await hasFailed(client, run))
  return {
    workflowId: run.workflowId,
    chain: chainOf(run),
    runId: run.runId,
    isStep: stepTypes.includes(run.type),
    status: hasOutcome ? 'completed' : (statuses[run.status.name] ?? 'open'),
    startedAt: run.startTime.getTime(),
    ...(run.closeTime ? { closedAt: run.closeTime.getTime() } : {}),
    listed: apps !== undefined && isOf(asStartRequest(memoField(run.memo, memoFields.request)), apps),
  }
}

/** Returns true if the tasks of the run were listed. A run that another SDK started has no memo, and is not checked. */
function isOf(started: StartRequest | undefined, { account, subApps }: Apps): boolean {
  if (!started?.request) return false
  return (started.account ?? 'default') === account && subApps.includes(started.request.SubAppId)
}

async function describe(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await executionsIn(client).getHandle(workflowId, runId).describe()
  } catch (error) {
    // INVALID_ARGUMENT: the chain in the token is not a run id.
    if (error instanceof WorkflowNotFoundError || grpcCodeOf(error) === grpc.invalidArgument) return undefined
    throw error
  }
}
