import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionLike } from '@temporalio/client'
import type { Logger } from '../callbacks/index.js'
import { explain } from '../client/errorsOfTemporal.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { messageOf } from './words.js'

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
 * @throws TemporalUnreachableError when there is no such namespace: a worker that polls it goes on as if nothing were wrong (measured).
 */
export async function requireNamespace(
  watched: Pick<Watched, 'connection' | 'address' | 'namespace'>,
): Promise<void> {
  const found = await problemOf(watched)
  if (found?.isMissing) throw found.problem
}

/**
 * Looks again and again, until the namespace is gone: the first look finds none, or two in a row do, because one such answer of a
 * server that restarts must not end every process. What else is wrong is logged once for each change: it is waited for.
 *
 * @throws TemporalUnreachableError when the namespace is gone.
 */
export async function watchNamespace(watched: Watched, betweenMs = pauseMs): Promise<void> {
  const { address: temporal, namespace, logger, signal } = watched
  let wasMissing = true
  let told: string | undefined
  while (!signal.aborted) {
    const found = await problemOf(watched)
    if (found?.isMissing && wasMissing) throw found.problem
    wasMissing = found?.isMissing ?? false
    const problem = found && messageOf(found.problem)
    if (problem !== undefined && problem !== told)
      logger.warn({ temporal, namespace, problem }, 'the namespace of Temporal cannot be seen; looking on')
    told = problem
    await sleep(betweenMs, undefined, { signal }).catch(() => {})
  }
}

async function problemOf({
  connection,
  address,
  namespace,
}: Pick<Watched, 'connection' | 'address' | 'namespace'>): Promise<
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
