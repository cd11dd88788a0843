import { workflowInfo } from '@temporalio/workflow'
import type { WebhookActivities } from '../contract/activities.js'
import { duration, exactly, having, list, optional, passing, plainJson, text } from '../contract/check.js'
import { keyOf } from '../contract/defaultKey.js'
import { type Duration, msOf } from '../contract/duration.js'
import { anyTextRule, durationRule, keyRule, waitsRule } from '../contract/patterns.js'
import { summaryText } from '../contract/summary.js'
import { hour, minute, second } from '../contract/time.js'
import { requireValid } from './refuse.js'
import { untilAnswered } from './run/inbox.js'
import { refusedHere } from './run/readOnly.js'
import { requireResult, uncheckedActivities } from './unchecked.js'

/** The schedule that Standard Webhooks suggests. Its total is about three days. */
const standardWaits = [
  5 * second,
  5 * minute,
  30 * minute,
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hour),
]

/** The check of the id of a notification. */
const sent = having<{ readonly id: string }>({ id: text(keyRule) })

/** The input of {@link notify}: a webhook (Standard Webhooks). */
export interface WebhookNotification {
  /** The name of one of the worker's `webhooks`. Default `default`. */
  readonly endpoint?: string | undefined
  /** The type of the event, e.g. `episode.published`. */
  readonly type: string
  /** Small plain JSON, such as ids and a status. Standard Webhooks recommends less than 20 KB. */
  readonly data: unknown
  /**
   * The name of this notification in a chain of runs. It determines the id, and a receiver drops a second notification with the same id.
   * Default: a hash of the content, with a number if this run sends the same content again. To send the same content again after
   * continue-as-new, pass a key.
   */
  readonly key?: string | undefined
  /** The waits between attempts. Default: 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h. */
  readonly retryDelays?: readonly Duration[] | undefined
}

const webhook = exactly<WebhookNotification>(
  {
    endpoint: optional(text({ ...anyTextRule, remedy: "pass the name of one of the worker's webhooks" })),
    type: text({
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a receiver compares the type, and logs show it
      pattern: /^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$/,
      problem: 'is empty or has a control character',
      remedy: 'pass the type of the event, e.g. episode.published',
    }),
    data: plainJson,
    key: optional(text({ ...anyTextRule, remedy: 'pass a text such as order-42' })),
    retryDelays: optional(list(duration(durationRule), waitsRule)),
  },
  'pass { type, data }',
)

/** The number of notifications that this run has sent, by content. Each workflow has its own module state. */
const said = new Map<string, number>()

/** Returns a new key for each notification, because a second reminder with the same content is another notification. */
function unusedKey(content: string): string {
  const times = (said.get(content) ?? 0) + 1
  said.set(content, times)
  return times === 1 ? content : `${content}/${times}`
}

/**
 * Notifies another system with a signed webhook (standardwebhooks.com): the headers `webhook-id`, `webhook-timestamp` and
 * `webhook-signature`, and the body `{ type, timestamp, data }`. It is sent until the endpoint accepts it (2xx). The id stays the same, so
 * that the receiver can drop repetitions. If the endpoint is down, the attempts take three days, or nine if each answer has a
 * `Retry-After` of 24 hours. To continue in the meantime, await the promise later, but before the workflow function returns.
 *
 * @returns the id.
 * @throws ActivityFailure with an ApplicationFailure of type `Undelivered` after the last attempt, `Gone` if the endpoint answers 410,
 *   or `InvalidInput` if the worker has no such endpoint.
 */
export async function notify(notification: WebhookNotification): Promise<{ readonly id: string }> {
  const refused = refusedHere('notify')
  if (refused) return refused
  requireValid(notification, webhook)
  const { endpoint = 'default', type, data, key, retryDelays = standardWaits } = notification
  const { sendWebhook } = uncheckedActivities<WebhookActivities>({
    // The activity runs on the worker's own queue, so that a slow endpoint does not delay calls to VOD.
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 5_000 },
    summary: summaryText(`${type} to ${endpoint}`),
  })
  const chain = workflowInfo().firstExecutionRunId
  const message = {
    endpoint,
    type,
    data,
    chain,
    key: key ?? unusedKey(keyOf(`notify/${type}`, { endpoint, data })),
    retryDelays: retryDelays.map(msOf),
  }
  const send = () =>
    requireResult(
      'sendWebhook',
      () => sendWebhook(message),
      (result) => passing(sent, result),
    )
  const { id } = await untilAnswered(`notify ${type}`, send)
  return { id }
}
