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
  /** `undefined`: the account's default application. */
  readonly subApps: readonly (number | undefined)[]
  /** How far back, ms; VOD lists 72 hours. */
  readonly windowMs: number
  /** Repair what can be repaired. */
  readonly repair: boolean
}

/** What was found, and what was done about it. */
export interface Audit {
  /** `repaired`: the run has its hint, or the task is adopted. `problem`: why it could not be repaired. */
  readonly findings: readonly (Finding & { readonly repaired: boolean; readonly problem?: string })[]
  /** What could not be found out about runs that cannot continue. */
  readonly notAsked: readonly NotAsked[]
  readonly tasks: number
  /** Tasks of others, of other namespaces, or with tokens of keys that are not known here. */
  readonly foreign: number
  readonly forged: number
  /** Tasks with a token of this namespace that names another account: they are judged, and not repaired. */
  readonly otherAccounts: readonly { readonly account: string; readonly tasks: number }[]
  readonly runs: number
  /** How long Temporal remembers runs that have ended, ms. */
  readonly retentionMs: number
  /** How far back tasks were listed, ms. */
  readonly windowMs: number
}

/**
 * Joins VOD's list of tasks with Temporal's runs, both read now.
 *
 * @throws VodError, TemporalUnreachableError when one of them cannot be read.
 */
export async function audit(options: AuditOptions): Promise<Audit> {
  const { vodflow, vod, keys, subApps, windowMs } = options
  const { client } = vodflow
  // VOD and Temporal date what is judged here: not by the clock of this machine.
  const now = (await clockOf(client).now()) ?? Date.now()
  // Runs first: one that starts meanwhile would look like a run without a task.
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
  // Before the repairs: nothing may fail between these and the report.
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

/** A sub-app named twice, by its number and as the default, is one list. */
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

/** The run itself knows more: a step of several tasks may have read this one, or be settled. */
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
    // It waits for the task of another run that had its idempotencyKey first.
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

/** Money that was paid twice does not come back by a program; a run without a task has to be looked at. */
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
 * Why a repair from here would not be one of this task: only the signed token tells whose it is. A task that is adopted in another
 * account or application is waited for where VOD does not show it.
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

/** The default application has a number too. */
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
