/** Whether two types are the same. */
export type Is<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** The compiler refuses `expectType<false>()`. */
export function expectType<T extends true>(): T | undefined {
  return undefined
}
