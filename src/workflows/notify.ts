import { proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { WebhookActivities } from '../activities/types.js'
import { keyOf } from '../vod/defaultKey.js'
import { requireInbox } from './inbox.js'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** The schedule that Standard Webhooks suggests: about three days in all. */
const standardWaits = [
  5 * second,
  5 * minute,
  30 * minute,
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hour),
]

export interface Notification {
  /** Name of one of the worker's `webhooks`. Default `default`. */
  readonly endpoint?: string
  /** What has happened, e.g. `episode.published`. */
  readonly type: string
  /** Plain JSON, best small: ids and a status. Standard Webhooks asks for less than 20 KB. */
  readonly data: unknown
  /** Names this notification inside a chain of runs. Default: what it says; the same twice needs keys. */
  readonly key?: string
  /** Waits between attempts, ms. Default: 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h. */
  readonly waits?: readonly number[]
}

/**
 * Tells another system, signed as Standard Webhooks (standardwebhooks.com) asks: headers `webhook-id`, `webhook-timestamp`,
 * `webhook-signature`, body `{ type, timestamp, data }`. It is sent until it is taken (2xx); the id stays the same, so that the
 * receiver can drop what it has had.
 *
 * @returns the id.
 * @throws ActivityFailure with an ApplicationFailure of type `Undelivered` after the last attempt, `Gone` when the endpoint wants no
 *   more (410), or `InvalidInput` when the worker has no such endpoint.
 */
export async function notify(notification: Notification): Promise<{ readonly id: string }> {
  requireInbox('notify')
  const { endpoint = 'default', type, data, key, waits = standardWaits } = notification
  const { sendWebhook } = proxyActivities<WebhookActivities>({
    // On the worker's own queue: a slow endpoint must not take the place of a call to VOD.
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 5_000 },
    summary: `${type} to ${endpoint}`.slice(0, 100),
  })
  const chain = workflowInfo().firstExecutionRunId
  return sendWebhook({
    endpoint,
    type,
    data,
    chain,
    key: key ?? keyOf(`notify/${type}`, { endpoint, data }),
    waits,
  })
}
