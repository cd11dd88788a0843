import { Hono } from 'hono'
import { Webhook } from 'standardwebhooks'

export interface Notification {
  readonly type: string
  readonly timestamp: string
  readonly data: unknown
}

/**
 * @param secret - `whsec_...`, the same as in `webhooks` of the worker
 * @param handle - stores the id and does the work in one transaction; does nothing if the id is stored already
 */
export function createReceiver(
  secret: string,
  handle: (id: string, notification: Notification) => Promise<void>,
) {
  const webhook = new Webhook(secret)
  return new Hono().post('/hooks', async (context) => {
    const body = await context.req.text() // as it was signed, not parsed and written again
    const headers = context.req.header()
    let notification: Notification
    try {
      notification = webhook.verify(body, headers) as Notification
    } catch {
      return context.text('bad signature', 401)
    }
    await handle(headers['webhook-id'] ?? '', notification) // if it throws, the answer is 500, and vodflow retries
    return context.body(null, 204)
  })
}
