import { createDelivery } from '../callbacks/index.js'
import type { Vodflow } from '../client/index.js'
import type { VodClient } from '../vod/client.js'
import type { MacKeys } from '../vod/macKeys.js'
import { type Finding, findingsOf } from './findings.js'
import { namedRuns, openRuns } from './runs.js'
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
  /** Mend what can be mended. */
  readonly repair: boolean
}

/** A finding and what was done about it. */
export type Audit = {
  readonly findings: readonly (Finding & { readonly mended: boolean })[]
  readonly tasks: number
  /** Tasks of others, or with tokens of keys that are not known here. */
  readonly foreign: number
  readonly forged: number
  readonly runs: number
  /** How long Temporal remembers runs that have ended, ms. */
  readonly retentionMs: number
}

/**
 * Joins VOD's list of tasks with Temporal's runs, both read now.
 *
 * @throws VodError, TemporalUnreachableError when one of them cannot be read.
 */
export async function audit(options: AuditOptions): Promise<Audit> {
  const { vodflow, vod, keys, subApps, windowMs } = options
  const { client } = vodflow
  const now = Date.now()
  // Runs first: one that starts meanwhile would look like a run without a task.
  const open = await openRuns(client)
  const lists = await Promise.all(
    subApps.map((SubAppId) => listTasks({ vod, keys, SubAppId, since: now - windowMs })),
  )
  const { namespace } = client.options
  const tasks = lists.flatMap((list) => list.tasks)
  const addresses = tasks.flatMap(({ address }) => (address?.namespace === namespace ? [address] : []))
  const named = await namedRuns(client, addresses)
  const retentionMs = await retentionOf(vodflow)
  const known = new Set(named.map(({ workflowId, chain }) => `${workflowId} ${chain}`))
  const runs = [
    ...named,
    ...open.runs.filter(({ workflowId, chain }) => !known.has(`${workflowId} ${chain}`)),
  ]
  const found = findingsOf({ now, tasks, runs, adopted: open.adopted, retentionMs })
  const findings = []
  for (const finding of found)
    findings.push({ ...finding, mended: options.repair && (await mend(finding, options)) })
  const foreign = tasks.length - addresses.length
  const forged = lists.reduce((sum, list) => sum + list.forged, 0)
  return { findings, tasks: tasks.length, foreign, forged, runs: runs.length, retentionMs }
}

/** Money that was paid twice does not come back by a program; a run without a task has to be looked at. */
async function mend(finding: Finding, { vodflow, account }: AuditOptions): Promise<boolean> {
  switch (finding.kind) {
    case 'finishedButWaiting': {
      const { chain, key, attempt } = finding.address
      const hint = {
        v: 1,
        chain,
        key,
        attempt,
        TaskId: finding.TaskId,
        terminal: true,
        via: 'sweep',
      } as const
      return (await createDelivery({ client: vodflow.client })(finding.address, hint)) === 'delivered'
    }
    case 'taskWithoutRun': {
      const { TaskId, SubAppId } = finding
      await vodflow.adopt({ TaskId, ...(SubAppId === undefined ? {} : { SubAppId }) }, { account })
      return true
    }
    case 'duplicate':
    case 'runWithoutTask':
      return false
  }
}

async function retentionOf({ client }: Vodflow): Promise<number> {
  const { namespace } = client.options
  const { config } = await client.workflowService.describeNamespace({ namespace })
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000
}
