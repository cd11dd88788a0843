import type { Client } from '@temporalio/client'
import { lackText } from '../../client/errors.js'
import { remedyOf } from '../../client/lackError.js'
import { polledBy, queuesOf } from '../../client/pollers.js'
import { version } from '../../contract/version.js'
import { lackIn } from '../../temporal/routing.js'
import { bad, doubtful, type Finding, good } from './finding.js'

/** Whether new runs of an account find workers, and which version these have. */
export async function* checkWorkers(client: Client, account: string): AsyncGenerator<Finding> {
  const queues = await Promise.all(
    queuesOf(account).map(async (queue) => {
      const polled = await polledBy(client, queue)
      return { ...queue, polled, lack: lackIn(polled) }
    }),
  )
  const unpolled = queues.filter(({ lack }) => lack?.reason === 'noWorker').map(({ name }) => name)
  if (unpolled.length > 0) {
    const fix = `vodflow worker --account ${account}, with this TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE`
    yield bad('worker', `nobody polls ${unpolled.join(', ')}`, fix)
    return
  }
  for (const { name, lack, polled } of queues) {
    if (!lack) continue
    yield bad('worker', `${lackText(lack, [name])}: new runs wait`, remedyOf(lack, polled))
    return
  }
  yield good('worker', `polls every queue of account ${account}`)
  yield versionsOf(queues.flatMap(({ polled }) => polled.pollers))
}

function versionsOf(pollers: readonly { readonly identity: string }[]): Finding {
  const versions = new Set(pollers.map(({ identity }) => /^vodflow\/([\w.-]+) /.exec(identity)?.[1] ?? ''))
  if (versions.has('')) {
    const what = 'a worker does not say which version it has (it is not vodflow worker)'
    return doubtful('version', what, `see that it has vodflow ${version} as this command has`)
  }
  const others = [...versions].filter((each) => each !== version)
  if (others.length === 0) return good('version', `all workers have ${version}, as this command`)
  const what = `a worker has ${others.join(', ')}, this command ${version}`
  return doubtful('version', what, `install vodflow@${version} there too`)
}
