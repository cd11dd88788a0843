/**
 * How far the clock of VOD may be from ours, ms: VOD refuses a call that is signed further away (`AuthFailure.SignatureExpire`,
 * "Common Error Codes"). What VOD dates is compared with what we date with this tolerance.
 */
export const maxSkewMs = 5 * 60_000
