import { createHmac, timingSafeEqual } from 'node:crypto'

const macBytes = 16
/** 16 bytes in base64url. */
export const macLength = 22

/** The MAC of a text, in base64url. */
export function macOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest().subarray(0, macBytes).toString('base64url')
}

/** Whether a MAC that came from outside is that of this text. */
export function isMacOf(given: string, text: string, secret: string): boolean {
  const bytes = Buffer.from(given, 'base64url')
  const expected = Buffer.from(macOf(text, secret), 'base64url')
  // Decoding forgives stray characters and bits; only the one spelling that we write is a MAC of ours.
  return (
    bytes.length === macBytes && timingSafeEqual(bytes, expected) && bytes.toString('base64url') === given
  )
}
