import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { type Hint, hintSignal } from '../vod/hint.js'
import type { StepAddress } from '../vod/token.js'
import type { Logger } from './logger.js'

/**
 * `no-run`: the run has ended. `other-namespace`: it is of a namespace that this process does not serve. Sending it again
 * cannot help.
 */
export type Delivered = 'delivered' | 'no-run' | 'other-namespace'

/** The only way in. Resolves when Temporal has the signal; rejects when it could not be reached. */
export type Deliver = (address: StepAddress, hint: Hint) => Promise<Delivered>

/** How many hints since the start; `otherNamespace` are those of `noRun` that this process does not serve. */
export interface DeliveryCounts {
  /** Temporal has the signal. */
  readonly delivered: number
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

/** Delivers as a signal: Temporal keeps it until a worker comes. */
export function createDelivery({ client, logger }: DeliveryOptions): Delivery {
  const counts = { delivered: 0, noRun: 0, otherNamespace: 0 }
  const deliver: Deliver = async ({ namespace, workflowId }, hint) => {
    if (namespace !== client.options.namespace) {
      counts.noRun++
      counts.otherNamespace++
      const fields = { workflowId, namespace, servedNamespace: client.options.namespace }
      logger?.warn(fields, 'the run of this event is in a namespace that is not served here')
      return 'other-namespace'
    }
    try {
      await client.withDeadline(Date.now() + signalTimeoutMs, () =>
        client.workflow.getHandle(workflowId).signal(hintSignal, hint),
      )
      counts.delivered++
      return 'delivered'
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
      counts.noRun++
      return 'no-run'
    }
  }
  return Object.assign(deliver, { counts: () => ({ ...counts }) })
}
