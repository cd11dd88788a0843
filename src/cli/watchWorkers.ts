import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { EventLogger } from '../callbacks/index.js'
import { compareWorkers, fixOf } from '../client/compareWorkers.js'
import { comparePayloadKeys, type PayloadKeysComparison, runningSweeps } from '../client/payloadKeys.js'
import type { Prints } from '../contract/seal/prints.js'
import { accountOfSweep } from '../contract/sweep.js'
import { minute } from '../contract/time.js'

interface Watch {
  readonly client: Client
  readonly logger: EventLogger
  /** Stops the watch. */
  readonly signal: AbortSignal
}

/** Pauses between two comparisons: until a worker has answered, and after that. */
const pauseMs = { unknown: minute, known: 10 * minute }

const fix =
  'set VODFLOW_PAYLOAD_KEYS to the same keys here and at the workers; docs/security.md has the order of a rotation'

/** Compares the payload keys with those of the workers repeatedly, and logs each problem once. A worker may start later, or get other keys. */
export async function watchPayloadKeys({ client, logger, signal }: Watch): Promise<void> {
  let logged: string | undefined
  await repeatedly(signal, async () => {
    // Without the permission to list and query, the log of the worker still reports signals that it cannot read.
    const found = await comparePayloadKeys(client).catch((): PayloadKeysComparison => ({ kind: 'unknown' }))
    const problem = 'problem' in found ? found.problem : undefined
    if ('problem' in found && problem !== logged && !signal.aborted) {
      const fields = { workflowId: found.workflowId, problem, fix }
      if (found.kind === 'unread') logger.warn(fields, 'the workers cannot read the signals of this process')
      else logger.warn(fields, 'this process cannot read what the workers write')
    }
    if (found.kind !== 'unknown') logged = problem
    return found.kind !== 'unknown'
  })
}

/**
 * Compares what this process has with what the workers of an account must share, repeatedly, and logs each problem once.
 *
 * @param account - default: every account that has a sweep
 */
export async function watchWorkers({
  client,
  logger,
  signal,
  own,
  account: given,
}: Watch & { readonly own: Partial<Prints>; readonly account?: string }): Promise<void> {
  const logged = new Map<string, string>()
  const isNew = (place: string, problem: string) => {
    const before = logged.get(place)
    logged.set(place, problem)
    return problem !== '' && problem !== before && !signal.aborted
  }
  const compareAt = async (account: string) => {
    const found = await compareWorkers(client, { account, own }).catch(() => undefined)
    // Without the permission to describe task queues, nothing is known.
    if (found === undefined || found.workers === 0) return false
    const fieldsOf = (kind: keyof typeof fixOf) => {
      const problem = found[kind].join('; ')
      return isNew(`${account} ${kind}`, problem) && { account, problem, fix: fixOf[kind] }
    }
    const [macKeys, endpoints, secretIds, allow] = [
      fieldsOf('macKeys'),
      fieldsOf('endpoints'),
      fieldsOf('secretIds'),
      fieldsOf('allow'),
    ]
    if (macKeys) logger.warn(macKeys, 'MAC keys differ, so events wake no run')
    if (endpoints) logger.warn(endpoints, 'workers of one account call different endpoints of VOD')
    if (secretIds) logger.warn(secretIds, 'workers of one account have different SecretIds')
    if (allow) logger.warn(allow, 'workers of one account allow different actions')
    return true
  }
  await repeatedly(signal, async () => {
    const accounts = given === undefined ? await sweptAccounts(client) : [given]
    return (await Promise.all(accounts.map(compareAt))).some((isKnown) => isKnown)
  })
}

async function sweptAccounts(client: Client): Promise<readonly string[]> {
  const sweeps = await runningSweeps(client).catch(() => [])
  return [...new Set(sweeps.flatMap((workflowId) => accountOfSweep(workflowId) ?? []))]
}

/** Repeats a comparison until it is aborted, more often while it has found no worker. */
async function repeatedly(signal: AbortSignal, compare: () => Promise<boolean>): Promise<void> {
  while (!signal.aborted) {
    const pause = (await compare()) ? pauseMs.known : pauseMs.unknown
    await sleep(pause, undefined, { signal }).catch(() => {})
  }
}
