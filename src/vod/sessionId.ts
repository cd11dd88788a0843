import { createHash } from 'node:crypto'
import { base32 } from './base32.js'

/** What one paid task may be made for once. */
export interface SessionAddress {
  /** `firstExecutionRunId`: survives reset, workflow retry and continue-as-new (measured). A runId would pay twice. */
  readonly chain: string
  readonly key: string
  readonly attempt: number
}

const length = 40

/**
 * The `SessionId` of one attempt: VOD makes at most one task for it in 7 days (3 for the other actions). Always the same for the same
 * address, whoever computes it and however often. 40 characters; VOD takes 50.
 */
export function sessionIdFor({ chain, key, attempt }: SessionAddress): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(['v1', chain, key, attempt]))
    .digest()
  return base32(digest).slice(0, length)
}
