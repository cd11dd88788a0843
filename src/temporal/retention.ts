import type { ConnectionLike } from '@temporalio/client'
import { counted } from '../contract/counted.js'
import { day } from '../contract/time.js'

/** VOD remembers a SessionId for 7 days. If Temporal forgets a run earlier, starting it again is billed again. */
const leastDays = 7

/** The period that the documentation recommends. */
const recommendedDays = 30

/** The retention period of a namespace. */
export interface Retention {
  readonly ms: number
  readonly days: number
  /** The problem and the command that fixes it, if there is a problem. */
  readonly problem?: { readonly what: string; readonly fix: string }
}

/** Reads the retention period of the namespace from Temporal. */
export async function retentionOf(
  { workflowService }: Pick<ConnectionLike, 'workflowService'>,
  namespace: string,
): Promise<Retention> {
  const { config } = await workflowService.describeNamespace({ namespace })
  const ms = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000
  const days = ms / day
  if (days >= leastDays) return { ms, days }
  const rounded = Math.round(days * 100) / 100
  const what = `Temporal keeps ended runs for ${counted(rounded, 'day')}, but at least ${leastDays} are needed: the same request could be billed twice`
  const fix = `temporal operator namespace update --namespace ${namespace} --retention ${recommendedDays}d`
  return { ms, days, problem: { what, fix } }
}
