import { getActivator } from '@temporalio/workflow/lib/global-attributes.js'
import { UnsupportedSdkError } from '../../base/inWorkflows.js'

/** The members of Temporal's SDK that vodflow uses and that are no public API. The types of the SDK hide the last two. */
export type Activator = Pick<
  ReturnType<typeof getActivator>,
  'signalWorkflow' | 'signalHandlers' | 'queryWorkflow' | 'payloadConverter' | 'info'
> & {
  readonly knownPresentPatches: ReadonlySet<string>
  failQuery(queryId: string, error: unknown): void
}

const isFunction = (value: unknown) => typeof value === 'function'
const isObject = (value: unknown) => typeof value === 'object' && value !== null

const needed: Readonly<Record<keyof Activator, (value: unknown) => boolean>> = {
  signalWorkflow: isFunction,
  signalHandlers: (value) => value instanceof Map,
  queryWorkflow: isFunction,
  failQuery: isFunction,
  knownPresentPatches: (value) => value instanceof Set,
  payloadConverter: isObject,
  info: isObject,
}

/**
 * Returns what runs this workflow. Without the check, a run would fail only when its first signal or query arrives.
 *
 * @throws UnsupportedSdkError if the SDK lacks a member
 */
export function ownActivator(): Activator {
  const activator: object = getActivator()
  const members = activator as Readonly<Record<string, unknown>>
  const lacking = Object.entries(needed).find(([member, isThere]) => !isThere(members[member]))
  if (lacking) throw new UnsupportedSdkError(lacking[0])
  return activator as Activator
}
