import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { EventLogger } from '../callbacks/index.js'
import { compareMacKeys, type MacKeysComparison } from '../client/macKeys.js'
import { comparePayloadKeys, type PayloadKeysComparison, runningSweeps } from '../client/payloadKeys.js'
import type { MacKeys } from '../contract/seal/macKeys.js'
import { accountOfSweep } from '../contract/sweep.js'
import { minute } from '../contract/time.js'

interface KeysWatch {
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
export async function watchPayloadKeys({ client, logger, signal }: KeysWatch): Promise<void> {
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

const sameMacKeys =
  'set VODFLOW_MAC_KEYS to the same keys here and at the workers; while you rotate them, a new key verifies everywhere before it signs'

/**
 * Compares the MAC keys with those of the workers repeatedly, and logs each problem once.
 *
 * @param account - default: every account that has a sweep
 */
export async function watchMacKeys({
  client,
  logger,
  signal,
  keys,
  account: given,
}: KeysWatch & { readonly keys: MacKeys; readonly account?: string }): Promise<void> {
  const logged = new Map<string, string>()
  const compareAt = async (account: string) => {
    const { problems, workers } = await compareMacKeys(client, { account, keys }).catch(unknown)
    const problem = problems.join('; ')
    if (problem !== '' && problem !== logged.get(account) && !signal.aborted)
      logger.warn({ account, problem, fix: sameMacKeys }, 'MAC keys differ, so events wake no run')
    if (workers > 0) logged.set(account, problem)
    return workers > 0
  }
  await repeatedly(signal, async () => {
    const accounts = given === undefined ? await sweptAccounts(client) : [given]
    return (await Promise.all(accounts.map(compareAt))).some((isKnown) => isKnown)
  })
}

/** Without the permission to describe task queues, nothing is known. */
function unknown(): MacKeysComparison {
  return { workers: 0, problems: [] }
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
