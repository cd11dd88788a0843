import { minute } from '../contract/time.js'

/**
 * How far the clock of VOD may be from ours, ms: VOD refuses a call that is signed further away (`AuthFailure.SignatureExpire`,
 * "Common Error Codes"). What VOD dates is compared with what we date with this tolerance.
 */
export const maxSkewMs = 5 * minute

const usualSkewMs = 30_000

/**
 * How much earlier than a send a search for what it made begins, ms: at first where clocks are as they should be, since every minute more
 * has thousands of tasks of others; then with the whole tolerance, and so on in turn, since a listing may lag.
 */
export function toleranceOf(round: number): number {
  return round % 2 === 0 ? usualSkewMs : maxSkewMs
}
