import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionLike } from '@temporalio/client'
import type { Logger } from '../callbacks/index.js'
import { explain, grpc, grpcCodeOf } from '../client/errorsOfTemporal.js'

interface Watched {
  /** Of a client or of a worker. */
  readonly connection: Pick<ConnectionLike, 'withDeadline' | 'workflowService'>
  readonly address: string
  readonly namespace: string
  readonly logger: Logger
  /** Ends the watching. */
  readonly signal: AbortSignal
}

/** Between two looks, and for each of them, ms. */
const pauseMs = 10_000
const answerMs = 5_000

/**
 * Looks once. That Temporal does not answer is no finding here.
 *
 * @returns why Temporal does not answer, if it does not.
 * @throws TemporalUnreachableError when there is no such namespace: a worker that polls it goes on as if nothing were wrong (measured).
 */
export async function requireNamespace({
  connection,
  address,
  namespace,
}: Pick<Watched, 'connection' | 'address' | 'namespace'>): Promise<string | undefined> {
  try {
    await connection.withDeadline(Date.now() + answerMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    )
    return undefined
  } catch (error) {
    if (grpcCodeOf(error) === grpc.notFound) throw explain(error, { address, namespace })
    return error instanceof Error ? error.message : String(error)
  }
}

/** Looks again and again, until the namespace is gone. That Temporal does not answer is logged once: it is waited for. */
export async function watchNamespace(watched: Watched): Promise<void> {
  const { address, namespace, logger, signal } = watched
  for (let told = false; !signal.aborted; ) {
    const problem = await requireNamespace(watched)
    if (problem !== undefined && !told)
      logger.warn(
        { temporal: address, namespace, problem },
        'Temporal does not answer; check TEMPORAL_ADDRESS',
      )
    told = problem !== undefined
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
  }
}
