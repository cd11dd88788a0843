import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionLike } from '@temporalio/client'
import type { EventLogger } from '../callbacks/index.js'
import { explain } from '../client/errorsOfTemporal.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { messageOf } from './messageOf.js'

interface NamespaceWatch {
  /** The connection of a client or a worker. */
  readonly connection: Pick<ConnectionLike, 'withDeadline' | 'workflowService'>
  readonly address: string
  readonly namespace: string
  readonly logger: EventLogger
  /** Stops the watch. */
  readonly signal: AbortSignal
}

/** Pause between two checks. */
const pauseMs = 10_000
/** Timeout of each check. */
const answerMs = 5_000

/**
 * Checks once that the namespace exists. Ignores a Temporal server that does not answer.
 *
 * @throws TemporalUnreachableError if the namespace does not exist. A worker that polls it would show no error (measured).
 */
export async function requireNamespace(
  watched: Pick<NamespaceWatch, 'connection' | 'address' | 'namespace'>,
): Promise<void> {
  const found = await problemOf(watched)
  if (found?.isMissing) throw found.problem
}

/**
 * Checks repeatedly until the namespace is gone: the first check does not find it, or two in a row do not. A single miss is ignored
 * because a server that restarts must not end every process. Logs each other problem once, and keeps checking.
 *
 * @throws TemporalUnreachableError if the namespace is gone.
 */
export async function watchNamespace(watched: NamespaceWatch, betweenMs = pauseMs): Promise<void> {
  const { address: temporal, namespace, logger, signal } = watched
  let wasMissing = true
  let logged: string | undefined
  while (!signal.aborted) {
    const found = await problemOf(watched)
    if (found?.isMissing && wasMissing) throw found.problem
    wasMissing = found?.isMissing ?? false
    const problem = found && messageOf(found.problem)
    if (problem !== undefined && problem !== logged)
      logger.warn(
        { temporal, namespace, problem },
        'the namespace of Temporal cannot be checked; trying again',
      )
    logged = problem
    await sleep(betweenMs, undefined, { signal }).catch(() => {})
  }
}

async function problemOf({
  connection,
  address,
  namespace,
}: Pick<NamespaceWatch, 'connection' | 'address' | 'namespace'>): Promise<
  { readonly isMissing: boolean; readonly problem: unknown } | undefined
> {
  try {
    await connection.withDeadline(Date.now() + answerMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    )
    return undefined
  } catch (error) {
    return {
      isMissing: grpcCodeOf(error) === grpc.notFound,
      problem: explain(error, { address, namespace }),
    }
  }
}
