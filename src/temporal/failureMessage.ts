import type { temporal } from '@temporalio/proto'
import { type PayloadReader, readable } from './payloads.js'

/** Returns the message of a failure. An encrypted failure has a placeholder as its message, and the real message in a payload. */
export async function failureMessage(
  { message, encodedAttributes }: temporal.api.failure.v1.IFailure,
  read: PayloadReader,
): Promise<string> {
  const attributes = encodedAttributes && (await readable(encodedAttributes, read))
  const { message: encoded } = Object(attributes) as { readonly message?: unknown }
  return typeof encoded === 'string' ? encoded : (message ?? '')
}
