import type { ConnectionLike } from '@temporalio/client'
import { day } from '../contract/time.js'

/** VOD knows a SessionId for 7 days. Where Temporal forgets a run sooner, starting it again is billed again. */
const leastDays = 7

/** How long Temporal remembers runs that have ended. */
export interface Retention {
  readonly ms: number
  readonly days: number
  /** What is wrong with it, and the command that fixes it; absent where nothing is. */
  readonly problem?: { readonly what: string; readonly fix: string }
}

/** Of the namespace, as Temporal says now. */
export async function retentionOf(
  { workflowService }: Pick<ConnectionLike, 'workflowService'>,
  namespace: string,
): Promise<Retention> {
  const { config } = await workflowService.describeNamespace({ namespace })
  const ms = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000
  const days = ms / day
  if (days >= leastDays) return { ms, days }
  const rounded = Math.round(days * 100) / 100
  const what = `ended runs are remembered for ${rounded} days, at least ${leastDays} are needed: asking again would be billed again`
  const fix = `temporal operator namespace update --namespace ${namespace} --retention ${leastDays}d`
  return { ms, days, problem: { what, fix } }
}
