import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { type Hint, hintSignal } from '../contract/hint.js'
import type { StepAddress } from '../contract/seal/token.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { withKnownErrors } from '../temporal/knownErrors.js'
import { signalOnce } from '../temporal/signalOnce.js'
import { type Logger, totalLogger } from './logger.js'
import { seldom } from './seldom.js'
import { defaultStepQuota, type History, StepQuota, type StepQuotaLimits } from './stepQuota.js'

/**
 * `crowded`: the step gets more events than a run can take, and will look at its tasks within minutes. `no-run`: the run has ended.
 * `other-namespace`: it is of a namespace that this process does not serve. Sending it again cannot help.
 */
export type Delivered = 'delivered' | 'crowded' | 'no-run' | 'other-namespace'

/** The only way in. Resolves when Temporal has the signal; rejects when it could not be reached. */
export type Deliver = (address: StepAddress, hint: Hint) => Promise<Delivered>

/** How many hints since the start; `otherNamespace` are those of `noRun` that this process does not serve. */
export interface DeliveryCounts {
  /** Temporal has the signal. */
  readonly delivered: number
  /** A signal that Temporal has stands for it and for others: the step gets too many. */
  readonly crowded: number
  /** No run was there to take it, or its namespace is not served here. */
  readonly noRun: number
  /** The part of `noRun` for a namespace that is not served here. */
  readonly otherNamespace: number
}

/** Delivers hints to runs, and counts what came of them. */
export interface Delivery extends Deliver {
  /** How many hints came to what, since the start. */
  counts(): DeliveryCounts
}

/** What delivering a hint needs. */
export interface DeliveryOptions {
  readonly client: Client
  /** When a step gets too many events, and what it gets then. */
  readonly limits?: Partial<StepQuotaLimits>
  /** Default: none. */
  readonly logger?: Logger
}

/** Temporal has to take a signal within this time, ms: a lost connection must not use up VOD's 5 s in one try. */
const signalTimeoutMs = 2_000

/**
 * `channelArgs` for the Connection of a delivery. gRPC by default waits up to 2 minutes before it tries a server again
 * that was away, and VOD sends an event for 15 s only.
 */
export const quickReconnect = {
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 1_000,
} as const

/**
 * Delivers as a signal: Temporal keeps it until a worker comes. However often a token is replayed, through however many processes, the
 * history of its run stays within bounds, and the run looks at its tasks within minutes of every event.
 */
export function createDelivery({ client, limits, ...options }: DeliveryOptions): Delivery {
  const logger = totalLogger(options.logger)
  const counts = { delivered: 0, crowded: 0, noRun: 0, otherNamespace: 0 }
  const quota = new StepQuota({ ...defaultStepQuota, ...limits })
  const warnOfMissingRight = seldom((times) =>
    logger?.warn({ times }, 'Temporal refuses DescribeWorkflowExecution; allow it to the callback service'),
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

  async function signal(address: StepAddress, hint: Hint): Promise<'delivered' | 'crowded' | 'no-run'> {
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

  const deliver: Deliver = async (address, hint) => {
    const { namespace, workflowId } = address
    if (namespace !== client.options.namespace) {
      counts.noRun++
      counts.otherNamespace++
      const fields = { workflowId, namespace, servedNamespace: client.options.namespace }
      logger?.warn(fields, 'the run of this event is in a namespace that is not served here')
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
