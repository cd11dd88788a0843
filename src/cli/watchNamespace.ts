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
  /** Between two looks, ms. Default 10,000. */
  readonly pauseMs?: number
}

/** For each look, ms. */
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
    const explained = explain(error, { address, namespace })
    if (grpcCodeOf(error) === grpc.notFound) throw explained
    return explained instanceof Error ? explained.message : String(explained)
  }
}

/**
 * Looks again and again, until the namespace is gone: two looks in a row say so, since a server that restarts may not know it for a
 * moment. That Temporal does not answer is logged once.
 */
export async function watchNamespace(watched: Watched): Promise<void> {
  const { address, namespace, logger, signal, pauseMs = 10_000 } = watched
  let gone = false
  for (let told = false; !signal.aborted; ) {
    const before = gone
    gone = false
    const problem = await requireNamespace(watched).catch((error: Error) => {
      if (before) throw error
      gone = true
      return error.message
    })
    if (problem !== undefined && !told)
      logger.warn({ temporal: address, namespace, problem }, 'the namespace cannot be read')
    told = problem !== undefined
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
  }
}
