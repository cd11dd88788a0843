import { ApplicationFailure } from '@temporalio/common'
import {
  type ActivityOptions,
  type LocalActivityOptions,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow'

/**
 * Activities whose results have no type. In Temporal, anyone can complete a pending activity with any result, so a workflow must check a
 * result before it uses it. The result must also not fail the workflow task, which Temporal would retry forever.
 */
export type UncheckedActivities<A> = {
  readonly [K in keyof A]: A[K] extends (...given: infer G) => Promise<unknown>
    ? (...given: G) => Promise<unknown>
    : never
}

export function uncheckedActivities<A>(options: ActivityOptions): UncheckedActivities<A> {
  return proxyActivities(options) as UncheckedActivities<A>
}

export function uncheckedLocalActivities<A>(options: LocalActivityOptions): UncheckedActivities<A> {
  return proxyLocalActivities(options) as UncheckedActivities<A>
}

/** The number of calls of an activity whose results are all malformed. */
const maxCalls = 3

/**
 * Calls an activity again, a few times, while its result is malformed. The activity must be safe to repeat.
 *
 * @param parse - returns undefined for a result that the activity cannot have returned
 * @returns undefined if every result was malformed
 */
export async function parsedResult<T>(
  call: () => Promise<unknown>,
  parse: (result: unknown) => T | undefined,
): Promise<T | undefined> {
  for (let calls = 0; calls < maxCalls; calls++) {
    const parsed = parse(await call())
    if (parsed !== undefined) return parsed
  }
  return undefined
}

/**
 * Returns the result as {@link parsedResult} does.
 *
 * @throws ApplicationFailure of type `Malformed` if every result was malformed.
 */
export async function requireResult<T>(
  activity: string,
  call: () => Promise<unknown>,
  parse: (result: unknown) => T | undefined,
): Promise<T> {
  const parsed = await parsedResult(call, parse)
  if (parsed === undefined) throw malformed(activity)
  return parsed
}

/** Returns the failure for a result that the activity cannot have returned. */
export function malformed(activity: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${activity} was completed with a malformed result`, 'Malformed')
}
