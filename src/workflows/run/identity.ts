import {
  defaultPayloadConverter,
  type Headers,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common'
import {
  type ContinueAsNewInput,
  type StartChildWorkflowExecutionInput,
  workflowInfo,
} from '@temporalio/workflow'
import { PluginMissingError } from '../../base/inWorkflows.js'
import type { SubmitAction } from '../../contract/actions.js'
import { canonicalJson } from '../../contract/canonicalJson.js'
import { defaultKey } from '../../contract/defaultKey.js'
import {
  digestOf,
  ForeignIdentityError,
  type Identity,
  type IdentityHeader,
  identityOf,
  identityOfChild,
  identityOfNext,
} from '../../contract/identity.js'
import { identityHeader as header, memoFields, submitTypes } from '../../contract/runNames.js'
import type { StepInput } from '../../contract/stepInput.js'
import { refuse } from '../refuse.js'

/** Of this run. Module state is a workflow's own. */
let identity: Identity | undefined

/** A child start of this run. Its place in the list is its number among those that ask for the same. */
interface ChildStarted {
  readonly workflowId: string | undefined
  /** `refused`: Temporal has another run of the workflow id. `unsent`: it was canceled before. */
  state: 'started' | 'refused' | 'unsent'
}

/** Child starts of this run, by what they ask for. */
const children = new Map<string, ChildStarted[]>()

/** Called before any code of a workflow. @throws ApplicationFailure when the run was started with a header that is not ours. */
export function openIdentity(headers: Headers): void {
  try {
    const payload = headers[header]
    identity = identityOf(workflowInfo(), payload && defaultPayloadConverter.fromPayload(payload))
  } catch (error) {
    if (error instanceof ForeignIdentityError) throw refuse(header, error.problem, error.remedy)
    throw refuse(header, 'cannot be read', 'start the run without it')
  }
}

/** @throws PluginMissingError in a worker without the plugin, as `requireInbox` does before. */
export function ownIdentity(): Identity {
  if (!identity) throw new PluginMissingError('The identity of this run')
  return identity
}

/**
 * Names the child. A start that was canceled before Temporal had it never was: the next one takes its number. One that Temporal refuses
 * because of its workflow id leaves its number to the next start under that id.
 */
export function nameChild(
  input: StartChildWorkflowExecutionInput,
  next: (input: StartChildWorkflowExecutionInput) => Promise<[Promise<string>, Promise<unknown>]>,
): Promise<[Promise<string>, Promise<unknown>]> {
  const { workflowType, options } = input
  const asked = askedOf(workflowType, options)
  const same = `${workflowType} ${asked}`
  const starts = children.get(same) ?? []
  children.set(same, starts)
  const start: ChildStarted = { workflowId: options.workflowId, state: 'started' }
  const before = numberOf(start, starts)
  starts[before] = start
  const { workflowId: parentId } = workflowInfo()
  const child = identityOfChild(ownIdentity(), { parentId, workflowType, asked, before }, Date.now())
  const starting = next({ ...input, headers: { ...input.headers, [header]: payloadOf(child) } })
  starting
    .then(([started]) => started)
    .catch((error: unknown) => {
      start.state = error instanceof WorkflowExecutionAlreadyStartedError ? 'refused' : 'unsent'
    })
  return starting
}

function numberOf({ workflowId }: ChildStarted, starts: readonly ChildStarted[]): number {
  const free = starts.findIndex(
    (start) => start.state === 'unsent' || (start.state === 'refused' && start.workflowId === workflowId),
  )
  return free === -1 ? starts.length : free
}

/** Names the run that continues this one. */
export function nameNext(input: ContinueAsNewInput): ContinueAsNewInput {
  const next = identityOfNext(ownIdentity(), workflowInfo(), Date.now())
  return { ...input, headers: { ...input.headers, [header]: payloadOf(next) } }
}

function payloadOf(named: IdentityHeader) {
  return defaultPayloadConverter.toPayload(named)
}

/**
 * What tells a child start from others of its workflow type: what the parent says in its memo; of a step, its key and its media; else
 * the arguments, and where there are none, the workflow id. It must not depend on the order of starts, which a retry may change.
 */
function askedOf(
  workflowType: string,
  { memo, args, workflowId }: StartChildWorkflowExecutionInput['options'],
): string {
  const named = memo?.[memoFields.key]
  // One text may be written in two ways in Unicode.
  if (typeof named === 'string' && named.trim() !== '') return digestOf('named', named.normalize())
  if (named !== undefined) {
    const is = typeof named === 'string' ? 'empty' : typeof named
    throw refuse(`memo ${memoFields.key}`, `is ${is}`, 'give a string that names this child start')
  }
  const action = submitTypes.get(workflowType)
  const input = args[0] as StepInput | undefined
  try {
    if (action && input?.request) return askedOfStep(action, input)
    if (args.length === 0 && workflowId !== undefined) return digestOf('id', withoutRandom(workflowId))
    return digestOf(canonicalJson(args))
  } catch {
    // An argument that contains itself, with a converter for it.
    return ''
  }
}

/** A parent may give each of its steps the same key, because each is a workflow of its own: the media tells them apart. */
function askedOfStep(action: SubmitAction, { key, account: given, request }: StepInput): string {
  // Left out and given, the default account is the same.
  const account = given === 'default' ? undefined : given
  const asked: Readonly<Record<string, unknown>> = { ...request }
  if (key === undefined) return digestOf('step', canonicalJson([account, defaultKey(action, asked)]))
  const { SubAppId, FileId, MediaStoragePath, FileInfos, Tracks, MediaUrl } = asked
  // What a URL is signed with is another one each time.
  const [url] = typeof MediaUrl === 'string' ? MediaUrl.split('?') : []
  const media = [SubAppId, FileId, MediaStoragePath, FileInfos, Tracks, url]
  return digestOf('key', canonicalJson([account, key, ...media]))
}

/** Ids that Temporal or a workflow draws are others in each run: those of runs, and those of children that were given none. */
function withoutRandom(workflowId: string): string {
  return workflowId.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '*')
}
