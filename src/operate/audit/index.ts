import type { Client } from '@temporalio/client'
import type { Vodflow } from '../../client/index.js'
import { type NotAsked, type Stuck, stuckReasons, stuckRuns } from '../../client/stuckRuns.js'
import { clockOf } from '../../client/temporalClock.js'
import type { MacKeys } from '../../contract/seal/macKeys.js'
import type { StepAddress } from '../../contract/seal/token.js'
import { inTurns } from '../../temporal/inTurns.js'
import { retentionOf } from '../../temporal/retention.js'
import type { VodClient } from '../../vod/client.js'
import { ask, type UnaskedRun } from './ask.js'
import { type AuditFinding, type AuditTask, findingsOf } from './findings.js'
import { type RepairResult, repairEach } from './repair.js'
import { adoptedTasks, namedRuns, openRuns } from './runs.js'
import { listTasks } from './tasks.js'

export type { AuditFinding } from './findings.js'

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
  /** Is told each failure of VOD after which the audit asks again. Ten failures of one page end it, after about three minutes. */
  readonly onRetry?: (error: unknown) => void
}

/** The result of an audit. */
export interface Audit {
  readonly findings: readonly (AuditFinding & RepairResult)[]
  /** Reasons for stuck runs that could not be checked. */
  readonly notAsked: readonly NotAsked[]
  /** Runs that did not answer whether they still wait for a task. They are no findings. */
  readonly unasked: readonly UnaskedRun[]
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
  const { vodflow, vod, keys, subApps, windowMs, onRetry } = options
  const { client } = vodflow
  // Uses Temporal's time, because the times of tasks and runs come from VOD and Temporal, not from the clock of this machine.
  const now = (await clockOf(client).now()) ?? Date.now()
  // Runs are read first. Otherwise, a run that starts in the meantime would look like a run without a task.
  const open = await openRuns(client, options)
  const lists = await Promise.all(
    subApps.map((SubAppId) => listTasks({ vod, keys, SubAppId, since: now - windowMs, onRetry })),
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
  const found = findingsOf({ now, windowMs, tasks, runs, adopted, retentionMs })
  const asked = await inTurns(found, (finding) => ask(client, finding, { tasks, runs }))
  const left = asked.filter((each): each is AuditFinding => each !== undefined && 'kind' in each)
  const unasked = asked.filter((each): each is UnaskedRun => each !== undefined && !('kind' in each))
  const findings: Audit['findings'][number][] = await repairEach(left, options, tasks)
  for (const group of stuck.groups) findings.push({ kind: 'stuck' as const, ...group, repaired: false })
  const foreign = tasks.length - addresses.length - forged
  const otherAccounts = countOthers(addresses, options.account)
  return {
    findings,
    notAsked: stuck.notAsked,
    unasked,
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
