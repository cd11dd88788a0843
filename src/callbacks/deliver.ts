import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { durationsIn } from '../contract/duration.js'
import { hintSignal, type TaskHint } from '../contract/hint.js'
import type { StepAddress } from '../contract/seal/token.js'
import { valid } from '../contract/valid.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { withKnownErrors } from '../temporal/knownErrors.js'
import { signalOnce } from '../temporal/signalOnce.js'
import { deliveryOptions } from './checks.js'
import { type EventLogger, totalLogger } from './logger.js'
import { seldom } from './seldom.js'
import { defaultStepQuota, type History, StepQuota, type StepQuotaLimits } from './stepQuota.js'

/**
 * `crowded`: the step gets more events than a run can take, and reads its tasks within minutes. `no-run`: the run has ended.
 * `other-namespace`: the run is in a namespace that this process does not serve, so a retry cannot help.
 */
export type DeliveryResult = 'delivered' | 'crowded' | 'no-run' | 'other-namespace'

/** Delivers a hint to a step. Resolves when Temporal has the signal; rejects when Temporal could not be reached. */
export type DeliverEvent = (address: StepAddress, hint: TaskHint) => Promise<DeliveryResult>

/** Counts of hints since the start. */
export interface DeliveryCounts {
  /** Temporal has the signal. */
  readonly delivered: number
  /** The step gets too many hints, so that one signal stands for several of them. Temporal has that signal. */
  readonly crowded: number
  /** The run has ended or does not exist, or this process does not serve its namespace. */
  readonly noRun: number
  /** The part of `noRun` whose namespace this process does not serve. */
  readonly otherNamespace: number
}

/** Delivers hints to runs, and counts the results. */
export interface EventDelivery extends DeliverEvent {
  /** Returns the number of hints for each result, since the start. */
  counts(): DeliveryCounts
}

/** Options of {@link createDelivery}. */
export interface DeliveryOptions {
  /** Client of the namespace in which the runs are. */
  readonly client: Client
  /** Limits of the signals that a step gets. */
  readonly limits?: StepQuotaLimits | undefined
  /** Default: none. */
  readonly logger?: EventLogger | undefined
}

/** Timeout of a signal, ms. It is below VOD's 5 s, so that a lost connection leaves time for a retry. */
const signalTimeoutMs = 2_000

/**
 * `channelArgs` for the Connection of a delivery. By default, gRPC waits up to 2 minutes before it reconnects to a server that was
 * unreachable, but VOD retries an event for only 15 s.
 */
export const reconnectOptions = {
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 1_000,
} as const

/**
 * Delivers hints as signals, which Temporal keeps until a worker is available. If a token is replayed, even through many processes, the
 * history of its run stays within bounds, and the run reads its tasks within minutes of every event.
 *
 * @throws InvalidInputError that names an option which is unknown or of the wrong kind
 */
export function createDelivery(given: DeliveryOptions): EventDelivery {
  const { client, limits, ...options } = valid(deliveryOptions, given)
  const logger = totalLogger(options.logger)
  const counts = { delivered: 0, crowded: 0, noRun: 0, otherNamespace: 0 }
  const quota = new StepQuota(durationsIn<StepQuotaLimits>('limits', limits, defaultStepQuota))
  const warnOfMissingRight = seldom((times) =>
    logger?.warn({ times }, 'Temporal denies DescribeWorkflowExecution; grant it to the callback service'),
  )
  const timely = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + signalTimeoutMs, call)

  async function historyOf({ namespace, workflowId }: StepAddress): Promise<History> {
    try {
      const { workflowExecutionInfo: run } = await timely(() =>
        withKnownErrors(() =>
          client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
        ),
      )
      return run?.closeTime ? undefined : Number(run?.historyLength ?? 0)
    } catch (error) {
      if (grpcCodeOf(error) !== grpc.permissionDenied) throw error
      warnOfMissingRight()
      return 'hidden'
    }
  }

  async function signal(address: StepAddress, hint: TaskHint): Promise<'delivered' | 'crowded' | 'no-run'> {
    const { workflowId } = address
    const decision = await quota.decide(address, hint, () => historyOf(address))
    switch (decision.kind) {
      case 'signal':
        await timely(() => client.workflow.getHandle(workflowId).signal(hintSignal, hint))
        return 'delivered'
      case 'shared':
        for (const shared of decision.signals)
          await timely(() => signalOnce(client, { workflowId, ...shared }))
        decision.sent()
        return 'crowded'
      case 'no-run':
        return 'no-run'
    }
  }

  const deliver: DeliverEvent = async (address, hint) => {
    const { namespace, workflowId } = address
    if (namespace !== client.options.namespace) {
      counts.noRun++
      counts.otherNamespace++
      const fields = { workflowId, namespace, servedNamespace: client.options.namespace }
      logger?.warn(fields, 'the run of this event is in a namespace that this process does not serve')
      return 'other-namespace'
    }
    const delivered = await signal(address, hint).catch((error: unknown) => {
      if (isGone(error)) return 'no-run' as const
      throw error
    })
    counts[delivered === 'no-run' ? 'noRun' : delivered]++
    return delivered
  }
  return Object.assign(deliver, { counts: () => ({ ...counts }) })
}

function isGone(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError || grpcCodeOf(error) === grpc.notFound
}
