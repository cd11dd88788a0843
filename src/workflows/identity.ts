import {
  defaultPayloadConverter,
  type Headers,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common'
import {
  ApplicationFailure,
  type ContinueAsNewInput,
  type StartChildWorkflowExecutionInput,
  workflowInfo,
} from '@temporalio/workflow'
import { canonicalJson } from '../vod/canonicalJson.js'
import { keyOfStep } from '../vod/defaultKey.js'
import {
  digestOf,
  ForeignIdentityError,
  type Identity,
  identityOf,
  identityOfChild,
  identityOfNext,
} from '../vod/identity.js'
import { identityHeader as header, memoFields, submitTypes } from '../vod/runNames.js'
import type { StepInput } from '../vod/stepInput.js'

/** Of this run. Module state is a workflow's own. */
let identity: Identity | undefined

/** Child starts of this run, by what they ask for: the numbers that are taken. */
const children = new Map<string, Set<number>>()

/** Called before any code of a workflow. @throws ApplicationFailure when the run was started with a header that is not ours. */
export function openIdentity(headers: Headers): void {
  try {
    const payload = headers[header]
    identity = identityOf(workflowInfo(), payload && defaultPayloadConverter.fromPayload(payload))
  } catch (error) {
    const message = error instanceof ForeignIdentityError ? error.message : `${header}: cannot be read`
    throw ApplicationFailure.nonRetryable(message, 'InvalidInput')
  }
}

/** @throws Error in a worker without the plugin, as `requireInbox` does before. */
export function ownIdentity(): Identity {
  if (!identity) throw new Error('the identity of this run is not known: the worker is without the plugin')
  return identity
}

/** Names the child. A start that Temporal refuses because of its workflow id never was: the next one takes its place. */
export function nameChild(
  input: StartChildWorkflowExecutionInput,
  next: (input: StartChildWorkflowExecutionInput) => Promise<[Promise<string>, Promise<unknown>]>,
): Promise<[Promise<string>, Promise<unknown>]> {
  const { workflowType, options } = input
  const asked = askedOf(workflowType, options)
  const same = `${workflowType} ${asked}`
  const taken = children.get(same) ?? new Set()
  children.set(same, taken)
  let before = 0
  while (taken.has(before)) before++
  taken.add(before)
  const child = identityOfChild(ownIdentity(), { workflowType, asked, before }, Date.now())
  const starting = next({ ...input, headers: { ...input.headers, [header]: payloadOf(child) } })
  starting
    .then(([started]) => started)
    .catch((error: unknown) => {
      if (error instanceof WorkflowExecutionAlreadyStartedError) taken.delete(before)
    })
  return starting
}

/** Names the run that continues this one. */
export function nameNext(input: ContinueAsNewInput): ContinueAsNewInput {
  const next = identityOfNext(ownIdentity(), workflowInfo(), Date.now())
  return { ...input, headers: { ...input.headers, [header]: payloadOf(next) } }
}

function payloadOf(identity: Identity) {
  return defaultPayloadConverter.toPayload(identity)
}

/** What tells a child start from others of its workflow type: what the parent says in its memo, the key of a step, else the arguments. */
function askedOf(workflowType: string, { memo, args }: StartChildWorkflowExecutionInput['options']): string {
  const named = memo?.[memoFields.key]
  if (typeof named === 'string') return digestOf('named', named)
  const action = submitTypes.get(workflowType)
  const input = args[0] as StepInput | undefined
  try {
    if (action && input?.request) return keyOfStep(action, { ...input, request: { ...input.request } })
    return digestOf(canonicalJson(args))
  } catch {
    // What JSON cannot say, e.g. a bigint with a converter for it.
    return ''
  }
}
