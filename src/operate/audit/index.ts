import type { Client } from '@temporalio/client'
import type { Vodflow } from '../../client/index.js'
import { type NotAsked, type Stuck, stuckReasons, stuckRuns } from '../../client/stuckRuns.js'
import { clockOf } from '../../client/temporalClock.js'
import type { MacKeys } from '../../contract/seal/macKeys.js'
import type { StepAddress } from '../../contract/seal/token.js'
import { inTurns } from '../../temporal/inTurns.js'
import { retentionOf } from '../../temporal/retention.js'
import type { VodClient } from '../../vod/client.js'
import { ask } from './ask.js'
import { type AuditTask, type Finding, findingsOf } from './findings.js'
import { type Repair, repairEach } from './repair.js'
import { adoptedTasks, namedRuns, openRuns } from './runs.js'
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
  readonly findings: readonly (Finding & Repair)[]
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
  const found = findingsOf({ now, windowMs, tasks, runs, adopted, retentionMs })
  const asked = await inTurns(found, (finding) => ask(client, finding, tasks))
  const left = asked.filter((finding) => finding !== undefined)
  const findings: Audit['findings'][number][] = await repairEach(left, options, tasks)
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
