import { connect, TemporalUnreachableError, type Vodflow } from '../client/index.js'
import { missingSearchAttributes } from '../temporal/searchAttributes.js'
import { stoppedText, submitsOf } from '../temporal/submits.js'
import { bad, doubtful, type Finding, failed, good, skipped } from './finding.js'
import { checkRuns } from './runs.js'
import { checkWorkers } from './workers.js'

const day = 24 * 60 * 60
const leastRetentionDays = 7

export async function* checkTemporal({ account }: { readonly account: string }): AsyncGenerator<Finding> {
  const vodflow = await connect({ account }).catch((error: unknown) => error)
  if (!isConnected(vodflow)) {
    const fix = vodflow instanceof TemporalUnreachableError ? vodflow.remedy : 'set TEMPORAL_ADDRESS'
    yield failed('Temporal', vodflow, fix)
    yield skipped('worker', 'Temporal cannot be reached')
    return
  }
  try {
    const { namespace } = vodflow.client.options
    yield good('Temporal', `answers, namespace ${namespace}`)
    yield await checkRetention(vodflow).catch((error) =>
      failed('retention', error, 'check what your key may do'),
    )
    yield await checkSearchAttributes(vodflow)
    yield* checkWorkers(vodflow.client, account)
    yield* checkRuns(vodflow.client)
    yield await checkSubmits(vodflow, account)
  } finally {
    await vodflow.close()
  }
}

function isConnected(value: unknown): value is Vodflow {
  return typeof value === 'object' && value !== null && 'client' in value
}

/** VOD forgets a task after 72 hours and a SessionId after 7 days: a namespace that forgets a run sooner would start it anew. */
async function checkRetention({ client }: Vodflow): Promise<Finding> {
  const { namespace } = client.options
  const { config } = await client.workflowService.describeNamespace({ namespace })
  const days = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / day
  if (days >= leastRetentionDays) return good('retention', `ended runs are remembered for ${days} days`)
  return bad(
    'retention',
    `ended runs are remembered for ${days} days, at least ${leastRetentionDays} are needed: asking again would pay again`,
    `temporal operator namespace update --namespace ${namespace} --retention ${leastRetentionDays}d`,
  )
}

async function checkSearchAttributes({ client }: Vodflow): Promise<Finding> {
  try {
    const missing = await missingSearchAttributes(client)
    if (missing.length === 0) return good('search attributes', 'registered')
    return doubtful(
      'search attributes',
      `${missing.join(', ')} missing: runs cannot be searched by them`,
      'vodflow setup',
    )
  } catch (error) {
    return failed('search attributes', error, 'vodflow setup, with a key that may')
  }
}

/** An operator may have stopped them, and forgotten it. */
async function checkSubmits({ client }: Vodflow, account: string): Promise<Finding> {
  const resume = `vodflow submits resume --account ${account} --reason "..."`
  try {
    const { queues } = await submitsOf(client, account)
    const stopped = queues.find(({ perSecond }) => perSecond === 0)
    const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0)
    if (!stopped) return good('submits', `go on; ${waiting} wait for their turn`)
    return doubtful('submits', `${stoppedText(stopped)}; ${waiting} wait`, resume)
  } catch (error) {
    return failed('submits', error, 'check what your key may do')
  }
}
