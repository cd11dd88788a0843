import { createDelivery } from '../callbacks/index.js'
import type { Vodflow } from '../client/index.js'
import { stuckRuns } from '../client/stuckRuns.js'
import { clockOf } from '../client/temporalClock.js'
import type { VodClient } from '../vod/client.js'
import type { MacKeys } from '../vod/macKeys.js'
import { isTerminal } from '../vod/reading.js'
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
  readonly tasks: number
  /** Tasks of others, of other namespaces, or with tokens of keys that are not known here. */
  readonly foreign: number
  readonly forged: number
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
  // A sub-app named twice, by its number and as the default, is one list.
  const tasks = [...new Map(lists.flatMap((list) => list.tasks).map((task) => [task.TaskId, task])).values()]
  const forged = lists.reduce((sum, list) => sum + list.forged, 0)
  const { namespace } = client.options
  const addresses = tasks.flatMap(({ address }) => (address?.namespace === namespace ? [address] : []))
  const named = await namedRuns(client, addresses)
  const known = new Set(named.map(({ workflowId, chain }) => `${workflowId} ${chain}`))
  const runs = [...named, ...open.filter(({ workflowId, chain }) => !known.has(`${workflowId} ${chain}`))]
  const adopted = await adoptedTasks(client)
  const retentionMs = await retentionOf(vodflow)
  const findings = []
  for (const found of findingsOf({ now, windowMs, tasks, runs, adopted, retentionMs })) {
    const asked = await ask(found, options, tasks)
    if (asked) findings.push({ ...asked, ...(await fix(asked, options)) })
  }
  for (const stuck of await stuckRuns(client))
    findings.push({ kind: 'stuck' as const, ...stuck, repaired: false })
  const foreign = tasks.length - addresses.length - forged
  return { findings, tasks: tasks.length, foreign, forged, runs: runs.length, retentionMs, windowMs }
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
  { vodflow, account, repair }: AuditOptions,
): Promise<{ repaired: boolean; problem?: string }> {
  if (!repair || !isRepairable(finding)) return { repaired: false }
  try {
    if (finding.kind === 'taskWithoutRun') {
      const { TaskId, SubAppId } = finding
      await vodflow.adopt({ TaskId, ...(SubAppId === undefined ? {} : { SubAppId }) }, { account })
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

async function retentionOf({ client }: Vodflow): Promise<number> {
  const { namespace } = client.options
  const { config } = await client.workflowService.describeNamespace({ namespace })
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000
}
