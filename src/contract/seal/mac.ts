import { createHmac, timingSafeEqual } from 'node:crypto'

const macBytes = 16
/** 16 bytes in base64url. */
export const macLength = 22

/** Returns the MAC of a text in base64url. */
export function macOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest().subarray(0, macBytes).toString('base64url')
}

/** Returns true if a MAC from outside is the MAC of this text. */
export function isMacOf(given: string, text: string, secret: string): boolean {
  const bytes = Buffer.from(given, 'base64url')
  const expected = Buffer.from(macOf(text, secret), 'base64url')
  // Decoding ignores stray characters and bits, but only the exact spelling that we write is valid.
  return (
    bytes.length === macBytes && timingSafeEqual(bytes, expected) && bytes.toString('base64url') === given
  )
}
