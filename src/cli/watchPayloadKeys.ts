import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { EventLogger } from '../callbacks/index.js'
import { comparePayloadKeys, type PayloadKeysComparison } from '../client/payloadKeys.js'
import { minute } from '../contract/time.js'

interface PayloadKeysWatch {
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
export async function watchPayloadKeys({ client, logger, signal }: PayloadKeysWatch): Promise<void> {
  let logged: string | undefined
  while (!signal.aborted) {
    // Without the permission to list and query, the log of the worker still reports signals that it cannot read.
    const found = await comparePayloadKeys(client).catch((): PayloadKeysComparison => ({ kind: 'unknown' }))
    const problem = 'problem' in found ? found.problem : undefined
    if ('problem' in found && problem !== logged && !signal.aborted) {
      const fields = { workflowId: found.workflowId, problem, fix }
      if (found.kind === 'unread') logger.warn(fields, 'the workers cannot read the signals of this process')
      else logger.warn(fields, 'this process cannot read what the workers write')
    }
    if (found.kind !== 'unknown') logged = problem
    const pause = found.kind === 'unknown' ? pauseMs.unknown : pauseMs.known
    await sleep(pause, undefined, { signal }).catch(() => {})
  }
}
