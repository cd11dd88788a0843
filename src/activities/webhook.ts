import { createHash } from 'node:crypto'
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import type { WebhookActivities, WebhookMessage } from '../contract/activities.js'
import { base32 } from '../contract/base32.js'
import { shown } from '../contract/check.js'
import { requireGlobals } from '../contract/requireGlobals.js'
import { day } from '../contract/time.js'
import { unreachable } from '../contract/unreachable.js'
import { parsed } from '../vod/problemOf.js'
import { refused } from './failure.js'
import { activityInfo, cancellationSignal } from './sdk.js'

/** Where a notification goes. Neither URL nor secret ever enters a history. */
export interface WebhookEndpoint {
  /** http or https, without user and password. */
  readonly url: string
  /** `whsec_` and the base64 of 24 to 64 random bytes, as Standard Webhooks asks; the receiver has it too. */
  readonly secret: string
}

/** Endpoints by the name that workflows know. */
export type WebhookEndpoints = Readonly<Record<string, WebhookEndpoint>>

const Endpoints = z.record(
  z.string(),
  z.strictObject({
    url: z
      .string()
      .refine((url) => /^https?:\/\//.test(url) && URL.canParse(url) && new URL(url).username === '', {
        params: {
          problem: 'is not a URL with http or https, or has a user in it',
          remedy: 'give e.g. https://app.example.com/hooks',
        },
      }),
    secret: z
      .string()
      .trim()
      .refine((secret) => /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/.test(secret), {
        params: {
          problem: 'is not a secret',
          remedy: 'give whsec_ and the base64 of 24 to 64 random bytes',
        },
      }),
  }),
)

/** An endpoint has to answer within this time, ms: Standard Webhooks asks for 15 to 30 s. */
const timeoutMs = 15_000

/** @throws InvalidInputError when an endpoint cannot be sent to, or nothing without `fetch`; neither URL nor secret is shown. */
export function createWebhookActivities(given: WebhookEndpoints): WebhookActivities {
  const endpoints = parsed(Endpoints, given, (field) => (field ? `webhooks.${field}` : 'webhooks'))
  if (Object.keys(endpoints).length > 0) requireGlobals(['fetch'])
  return { sendWebhook: (message) => send(endpoints, message) }
}

/** One attempt is one POST. The id is the same for every attempt, so that a receiver can drop a second one. */
async function send(endpoints: WebhookEndpoints, message: WebhookMessage): Promise<{ readonly id: string }> {
  const { attempt, scheduledTimestampMs } = activityInfo()
  const { chain, key, type, data, retryDelays } = message
  const endpoint = Object.hasOwn(endpoints, message.endpoint) ? endpoints[message.endpoint] : undefined
  if (!endpoint) {
    const known = Object.keys(endpoints).join(', ') || 'none'
    const problem = `this worker has no webhook "${shown(message.endpoint)}" (it has ${known})`
    throw refused('endpoint', problem, "add it to the plugin's webhooks")
  }
  const id = `msg_${base32(
    createHash('sha256')
      .update(JSON.stringify(['v1', chain, key]))
      .digest(),
  ).slice(0, 32)}`
  const body = JSON.stringify({ type, timestamp: new Date(scheduledTimestampMs).toISOString(), data })
  const now = new Date()
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(endpoint.secret).sign(id, now, body),
  }
  const failed = await post(endpoint.url, { headers, body })
  if (failed === undefined) return { id }
  const { problem, retryAfterMs = 0 } = failed
  const wait = retryDelays[attempt - 1]
  const words = `webhook "${message.endpoint}": ${problem}`
  if (problem === gone) throw ApplicationFailure.nonRetryable(`${words}: it wants no more of them`, 'Gone')
  if (wait === undefined) throw ApplicationFailure.nonRetryable(`${words}, ${attempt} times`, 'Undelivered')
  throw ApplicationFailure.create({
    message: words,
    type: 'NotYetDelivered',
    nextRetryDelay: Math.max(1, wait, retryAfterMs),
    category: ApplicationFailureCategory.BENIGN,
  })
}

const gone = 'HTTP status 410'

interface FailedDelivery {
  /** The URL is not shown: it may have a key in it. */
  readonly problem: string
  /** How long the receiver wants to be left alone. */
  readonly retryAfterMs?: number
}

/** What went wrong; undefined: it was taken. */
async function post(
  url: string,
  { headers, body }: { readonly headers: Record<string, string>; readonly body: string },
): Promise<FailedDelivery | undefined> {
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), cancellationSignal()])
    // A redirect may lead anywhere, and turn the POST into a GET.
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
    await response.body?.cancel()
    if (response.ok) return undefined
    return { problem: `HTTP status ${response.status}`, retryAfterMs: retryAfterMs(response, Date.now()) }
  } catch (error) {
    if (cancellationSignal().aborted) throw error
    const late = error instanceof Error && error.name === 'TimeoutError'
    return { problem: late ? 'no answer in 15 s' : unreachable(error) }
  }
}

/** As long as the longest wait that Standard Webhooks suggests: a receiver must not put a notification off for ever. */
const maxRetryAfterMs = day

/** `Retry-After` of an answer that means "later": seconds, or a date (RFC 9110, 10.2.3). 0 where it says nothing. */
function retryAfterMs({ status, headers }: Response, now: number): number {
  const text = status === 429 || status === 503 ? (headers.get('retry-after')?.trim() ?? '') : ''
  const asked = /^\d+$/.test(text)
    ? Number(text) * 1_000
    : /^[a-z]+,? /i.test(text)
      ? Date.parse(text) - now
      : 0
  return Math.min(maxRetryAfterMs, Math.max(0, asked || 0))
}
