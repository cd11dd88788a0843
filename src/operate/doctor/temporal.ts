import { connect, TemporalUnreachableError, type Vodflow } from '../../client/index.js'
import { InvalidInputError } from '../../contract/errors.js'
import { retentionOf } from '../../temporal/retention.js'
import { otherTypeText, searchAttributeProblems } from '../../temporal/searchAttributes.js'
import { stoppedText, submitsOf } from '../../temporal/submits.js'
import { bad, doubtful, type Finding, failed, good, skipped } from './finding.js'
import { checkRuns } from './runs.js'
import { checkWorkers } from './workers.js'

export async function* checkTemporal({ account }: { readonly account: string }): AsyncGenerator<Finding> {
  const vodflow = await connect({ account }).catch((error: unknown) => error)
  if (!isConnected(vodflow)) {
    yield failed('Temporal', vodflow, fixFor(vodflow))
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

function fixFor(error: unknown): string {
  if (error instanceof TemporalUnreachableError) return error.remedy
  if (error instanceof InvalidInputError) return error.problems[0]?.remedy ?? ''
  return 'set TEMPORAL_ADDRESS'
}

function isConnected(value: unknown): value is Vodflow {
  return typeof value === 'object' && value !== null && 'client' in value
}

async function checkRetention({ client }: Vodflow): Promise<Finding> {
  const { days, problem } = await retentionOf(client.connection, client.options.namespace)
  if (problem) return bad('retention', problem.what, problem.fix)
  return good('retention', `ended runs are remembered for ${days} days`)
}

async function checkSearchAttributes({ client }: Vodflow): Promise<Finding> {
  try {
    const { missing, otherType } = await searchAttributeProblems(client)
    const texts = otherType.map((each) => otherTypeText(each, client.options.namespace))
    if (texts.length > 0)
      return bad(
        'search attributes',
        texts.map(({ what }) => what).join('; '),
        texts.map(({ fix }) => fix).join('; '),
      )
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
