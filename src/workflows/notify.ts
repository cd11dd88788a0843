import { proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { WebhookActivities } from '../contract/activities.js'
import { duration, list, shallow } from '../contract/check.js'
import { keyOf } from '../contract/defaultKey.js'
import { type Duration, msOf } from '../contract/duration.js'
import { durationRule, waitsRule } from '../contract/patterns.js'
import { summaryText } from '../contract/summary.js'
import { hour, minute, second } from '../contract/time.js'
import { refuse, requireValid } from './refuse.js'
import { requireInbox } from './run/inbox.js'

/** The schedule that Standard Webhooks suggests: about three days in all. */
const standardWaits = [
  5 * second,
  5 * minute,
  30 * minute,
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hour),
]

const delayList = list(duration(durationRule), waitsRule)

/** A webhook to be sent (Standard Webhooks). */
export interface WebhookNotification {
  /** Name of one of the worker's `webhooks`. Default `default`. */
  readonly endpoint?: string
  /** What has happened, e.g. `episode.published`. */
  readonly type: string
  /** Plain JSON, best small: ids and a status. Standard Webhooks asks for less than 20 KB. */
  readonly data: unknown
  /**
   * Names this notification inside a chain of runs: a receiver drops a second one with its id. Default: what it says, and how often
   * this run has said it; the same once more after continue-as-new needs a key.
   */
  readonly key?: string
  /** Waits between attempts. Default: 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h. */
  readonly retryDelays?: readonly Duration[]
}

/** How often this run has sent a notification of the same content. Module state is a workflow's own. */
const said = new Map<string, number>()

/** A second reminder of the same words is another notification. */
function unusedKey(content: string): string {
  const times = (said.get(content) ?? 0) + 1
  said.set(content, times)
  return times === 1 ? content : `${content}/${times}`
}

/**
 * Tells another system, signed as Standard Webhooks (standardwebhooks.com) asks: headers `webhook-id`, `webhook-timestamp`,
 * `webhook-signature`, body `{ type, timestamp, data }`. It is sent until it is taken (2xx); the id stays the same, so that the
 * receiver can drop what it has had. While the endpoint is away, it takes three days, or nine if each answer has a `Retry-After` of
 * 24 hours: to go on meanwhile, do not await it at once.
 *
 * @returns the id.
 * @throws ActivityFailure with an ApplicationFailure of type `Undelivered` after the last attempt, `Gone` when the endpoint wants no
 *   more (410), or `InvalidInput` when the worker has no such endpoint.
 */
export async function notify(notification: WebhookNotification): Promise<{ readonly id: string }> {
  requireInbox('notify')
  const { endpoint = 'default', type, data, key, retryDelays = standardWaits } = notification ?? {}
  if (typeof type !== 'string' || type === '')
    throw refuse('type', 'is missing', 'give the name of what has happened')
  if (typeof endpoint !== 'string')
    throw refuse('endpoint', 'is not a name', 'give that of a webhook of the worker')
  requireValid(data, shallow, 'data')
  requireValid(retryDelays, delayList, 'retryDelays')
  const { sendWebhook } = proxyActivities<WebhookActivities>({
    // On the worker's own queue: a slow endpoint must not take the place of a call to VOD.
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 5_000 },
    summary: summaryText(`${type} to ${endpoint}`),
  })
  const chain = workflowInfo().firstExecutionRunId
  return sendWebhook({
    endpoint,
    type,
    data,
    chain,
    key: key ?? unusedKey(keyOf(`notify/${type}`, { endpoint, data })),
    retryDelays: retryDelays.map(msOf),
  })
}
