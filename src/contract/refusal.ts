/** The types of failures for a request that VOD, or the check before the call, refused: nothing was made. */
const refusals: readonly unknown[] = ['permanent', 'InvalidInput']

/** Returns true if a failure of this type proves that nothing was made. Any other type leaves it open. */
export function isRefusal(type: unknown): boolean {
  return refusals.includes(type)
}
