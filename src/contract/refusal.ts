/** Types of the failures by which a step says that VOD, or the check before it, refused the request: nothing was made. */
const refusals: readonly unknown[] = ['permanent', 'InvalidInput']

/** Whether a failure of this type proves that nothing was made. Any other leaves it open. */
export function isRefusal(type: unknown): boolean {
  return refusals.includes(type)
}
