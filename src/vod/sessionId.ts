import { createHash } from 'node:crypto'

/** What one paid task may be made for once. */
export interface SessionAddress {
  /** `firstExecutionRunId`: survives reset, workflow retry and continue-as-new (measured). A runId would pay twice. */
  readonly chain: string
  readonly key: string
  readonly attempt: number
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const length = 40

/**
 * The `SessionId` of one attempt: VOD makes at most one task for it in 7 days (3 for ProcessMedia). Always the same for the same
 * address, whoever computes it and however often. 40 characters; VOD takes 50.
 */
export function sessionIdFor({ chain, key, attempt }: SessionAddress): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(['v1', chain, key, attempt]))
    .digest()
  return base32(digest).slice(0, length)
}

function base32(bytes: Uint8Array): string {
  let bits = 0
  let value = 0
  let text = ''
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(value >>> bits) & 31]
    }
  }
  return bits === 0 ? text : text + alphabet[(value << (5 - bits)) & 31]
}
