import type { Client } from '@temporalio/client'
import { createDelivery } from '../../callbacks/index.js'
import type { Vodflow } from '../../client/index.js'
import { type NotAsked, type Stuck, stuckReasons, stuckRuns } from '../../client/stuckRuns.js'
import { clockOf } from '../../client/temporalClock.js'
import { VodError } from '../../contract/errors.js'
import { isTerminal } from '../../contract/outcome.js'
import type { MacKeys } from '../../contract/seal/macKeys.js'
import type { StepAddress } from '../../contract/seal/token.js'
import { retentionOf } from '../../temporal/retention.js'
import type { VodClient } from '../../vod/client.js'
import { type AuditTask, type Finding, findingsOf } from './findings.js'
import { adoptedTasks, namedRuns, openRuns, progressOf } from './runs.js'
import { listTasks } from './tasks.js'

export type { Finding } from './findings.js'

export interface AuditOptions {
  readonly vodflow: Vodflow
  readonly vod: VodClient
  readonly account: string
  readonly keys: MacKeys
  /** `undefined` is the account's default application. */
  readonly subApps: readonly (number | undefined)[]
  /** Maximum age of the tasks to list, ms. VOD lists 72 hours. */
  readonly windowMs: number
  /** Repairs the findings that can be repaired. */
  readonly repair: boolean
}

/** The result of an audit. */
export interface Audit {
  /** `repaired`: the run got a hint, or the task was adopted. `problem`: the reason why it could not be repaired. */
  readonly findings: readonly (Finding & { readonly repaired: boolean; readonly problem?: string })[]
  /** Reasons for stuck runs that could not be checked. */
  readonly notAsked: readonly NotAsked[]
  readonly tasks: number
  /** Number of tasks of other programs or namespaces, or with tokens of keys that are not known here. */
  readonly foreign: number
  readonly forged: number
  /** Tasks with a token of this namespace that names another account. They are checked, but not repaired. */
  readonly otherAccounts: readonly { readonly account: string; readonly tasks: number }[]
  readonly runs: number
  /** Retention period of the namespace, ms. */
  readonly retentionMs: number
  /** Maximum age of the tasks that were listed, ms. */
  readonly windowMs: number
}

/**
 * Reads VOD's list of tasks and Temporal's runs, and compares them.
 *
 * @throws VodError, TemporalUnreachableError if one of them cannot be read
 */
export async function audit(options: AuditOptions): Promise<Audit> {
  const { vodflow, vod, keys, subApps, windowMs } = options
  const { client } = vodflow
  // Uses Temporal's time, because the times of tasks and runs come from VOD and Temporal, not from the clock of this machine.
  const now = (await clockOf(client).now()) ?? Date.now()
  // Runs are read first. Otherwise, a run that starts in the meantime would look like a run without a task.
  const open = await openRuns(client, options)
  const lists = await Promise.all(
    subApps.map((SubAppId) => listTasks({ vod, keys, SubAppId, since: now - windowMs })),
  )
  const tasks = merged(lists.flatMap((list) => list.tasks))
  const forged = lists.reduce((sum, list) => sum + list.forged, 0)
  const { namespace } = client.options
  const addresses = tasks.flatMap(({ address }) => (address?.namespace === namespace ? [address] : []))
  const named = await namedRuns(client, addresses)
  const known = new Set(named.map(({ workflowId, chain }) => `${workflowId} ${chain}`))
  const runs = [...named, ...open.filter(({ workflowId, chain }) => !known.has(`${workflowId} ${chain}`))]
  const adopted = await adoptedTasks(client, {
    ...options,
    TaskIds: new Set(tasks.map(({ TaskId }) => TaskId)),
  })
  const { ms: retentionMs } = await retentionOf(client.connection, namespace)
  // Stuck runs are read before the repairs, so that nothing can fail between the repairs and the report.
  const stuck = await stuckOrNotAsked(client)
  const findings = []
  for (const found of findingsOf({ now, windowMs, tasks, runs, adopted, retentionMs })) {
    const asked = await ask(found, options, tasks)
    if (asked) findings.push({ ...asked, ...(await fix(asked, options, tasks)) })
  }
  for (const group of stuck.groups) findings.push({ kind: 'stuck' as const, ...group, repaired: false })
  const foreign = tasks.length - addresses.length - forged
  const otherAccounts = countOthers(addresses, options.account)
  return {
    findings,
    notAsked: stuck.notAsked,
    tasks: tasks.length,
    foreign,
    forged,
    otherAccounts,
    runs: runs.length,
    retentionMs,
    windowMs,
  }
}

async function stuckOrNotAsked(client: Client): Promise<Stuck> {
  try {
    return await stuckRuns(client)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { groups: [], notAsked: [{ reasons: stuckReasons, partly: false, why }] }
  }
}

/** Merges tasks that are listed twice, because a sub-app is named by its number and as the default. */
function merged(tasks: readonly AuditTask[]): AuditTask[] {
  const byId = new Map<string, AuditTask>()
  for (const task of tasks) {
    const listedIn = [...(byId.get(task.TaskId)?.listedIn ?? []), ...task.listedIn]
    byId.set(task.TaskId, { ...task, listedIn })
  }
  return [...byId.values()]
}

function countOthers(addresses: readonly StepAddress[], account: string): Audit['otherAccounts'] {
  const counts = new Map<string, number>()
  for (const each of addresses)
    if (each.account !== account) counts.set(each.account, (counts.get(each.account) ?? 0) + 1)
  return [...counts].map(([name, count]) => ({ account: name, tasks: count }))
}

/** Asks the run about a finding, and drops it if the step has read the task or is settled. */
async function ask(
  finding: Finding,
  { vodflow }: AuditOptions,
  tasks: readonly AuditTask[],
): Promise<Finding | undefined> {
  if (finding.kind === 'finishedButWaiting') {
    const { workflowId, SessionId } = finding.address
    const progress = await progressOf(vodflow.client, workflowId, SessionId)
    const read = progress?.tasks.some(({ TaskId, Status }) => TaskId === finding.TaskId && isTerminal(Status))
    return read || progress?.phase === 'settled' ? undefined : finding
  }
  if (finding.kind === 'runWithoutTask') {
    const progress = await progressOf(vodflow.client, finding.workflowId)
    // The run waits for the task of another run that used its idempotencyKey first.
    if (progress?.tasks.some(({ TaskId }) => tasks.some((task) => task.TaskId === TaskId))) return undefined
    const phase = progress?.phase
    return phase === undefined ? finding : { ...finding, phase }
  }
  return finding
}

type Repairable = Extract<Finding, { readonly kind: 'taskWithoutRun' | 'finishedButWaiting' }>

function isRepairable(finding: Finding): finding is Repairable {
  return finding.kind === 'taskWithoutRun' || finding.kind === 'finishedButWaiting'
}

/** Repairs a finding. A duplicate task is billed already, and a run without a task needs a person. */
async function fix(
  finding: Finding,
  options: AuditOptions,
  tasks: readonly AuditTask[],
): Promise<{ repaired: boolean; problem?: string }> {
  const { vodflow, account, repair } = options
  if (!isRepairable(finding)) return { repaired: false }
  try {
    const problem = await elsewhere(finding, options, tasks)
    if (problem !== undefined) return { repaired: false, problem }
    if (!repair) return { repaired: false }
    if (finding.kind === 'taskWithoutRun') {
      const { TaskId, SubAppId } = finding
      await vodflow.adopt({ TaskId, SubAppId }, { account })
      return { repaired: true }
    }
    const { SessionId } = finding.address
    const hint = { v: 1, SessionId, TaskId: finding.TaskId, terminal: true, via: 'sweep' } as const
    return {
      repaired: (await createDelivery({ client: vodflow.client })(finding.address, hint)) === 'delivered',
    }
  } catch (error) {
    return { repaired: false, problem: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * Returns the reason why this process cannot repair the finding. Only the signed token says whose task it is. If a task were adopted in
 * another account or application, its run would wait where VOD does not show it.
 */
async function elsewhere(
  finding: Extract<Finding, { kind: 'taskWithoutRun' | 'finishedButWaiting' }>,
  { vod, account }: AuditOptions,
  tasks: readonly AuditTask[],
): Promise<string | undefined> {
  const { TaskId } = finding
  const named = finding.kind === 'taskWithoutRun' ? finding : finding.address
  if (named.account !== account)
    return `its token names account ${named.account}, and this audit is of ${account}: run vodflow audit --account ${named.account} with the keys of that account`
  const { listedIn = [] } = tasks.find((task) => task.TaskId === TaskId) ?? {}
  const app = named.SubAppId === undefined ? {} : { SubAppId: named.SubAppId }
  if (listedIn.includes(named.SubAppId) || (await isShown(vod, { TaskId, ...app }))) return undefined
  return `its token names ${appText(named.SubAppId)}, where VOD does not show it`
}

/** Asks VOD whether the application shows the task. The default application also has a number, so ids alone cannot tell. */
async function isShown(vod: VodClient, request: { TaskId: string; SubAppId?: number }): Promise<boolean> {
  try {
    await vod.send('DescribeTaskDetail', request)
    return true
  } catch (error) {
    if (error instanceof VodError && /^(ResourceNotFound|InvalidParameter)/.test(error.code)) return false
    throw error
  }
}

function appText(SubAppId: number | undefined): string {
  return SubAppId === undefined ? "the account's default application" : `the sub-app ${SubAppId}`
}
