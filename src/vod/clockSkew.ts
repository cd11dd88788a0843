import { minute } from '../contract/time.js'

/**
 * The largest difference between VOD's clock and ours, in ms. VOD refuses a call whose signature is further off
 * (`AuthFailure.SignatureExpire`, "Common Error Codes"). Comparisons of VOD's times with ours allow for it.
 */
export const maxSkewMs = 5 * minute

const usualSkewMs = 30_000

/**
 * Returns how long before a send the search for its tasks starts, in ms. Even rounds assume clocks that are nearly right, because each
 * further minute adds thousands of unrelated tasks. Odd rounds use the whole tolerance. They alternate because a listing may lag.
 */
export function toleranceOf(round: number): number {
  return round % 2 === 0 ? usualSkewMs : maxSkewMs
}
