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

/** The identity of this run. Each workflow has its own module state. */
let identity: Identity | undefined

/** A child start of this run. Its index in the list is its number among the starts that ask for the same. */
interface ChildStarted {
  readonly workflowId: string | undefined
  /** `refused`: Temporal has another run of the workflow id. `unsent`: the start was canceled before it was sent. */
  state: 'started' | 'refused' | 'unsent'
}

/** Child starts of this run, by what they ask for. */
const children = new Map<string, ChildStarted[]>()

/** Reads the header before any code of a workflow. @throws ApplicationFailure if the run was started with a header that is not ours. */
export function openIdentity(headers: Headers): void {
  try {
    const payload = headers[header]
    identity = identityOf(workflowInfo(), payload && defaultPayloadConverter.fromPayload(payload))
  } catch (error) {
    if (error instanceof ForeignIdentityError) throw refuse(header, error.problem, error.remedy)
    throw refuse(header, 'cannot be read', 'start the run without it')
  }
}

/** @throws PluginMissingError in a worker without the plugin, as `requireInbox` does first. */
export function ownIdentity(): Identity {
  if (!identity) throw new PluginMissingError('The identity of this run')
  return identity
}

/**
 * Names the child. If a start was canceled before it was sent, the next start takes its number. If Temporal refused a start because of its
 * workflow id, the next start with that id takes its number.
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
 * Returns a digest that distinguishes a child start from others of its workflow type. It covers the text in the memo, if the parent set
 * one; for a step, its key and its media; else the arguments or, without arguments, the workflow id. It must not depend on the order of
 * starts, which a retry may change.
 */
function askedOf(
  workflowType: string,
  { memo, args, workflowId }: StartChildWorkflowExecutionInput['options'],
): string {
  const named = memo?.[memoFields.key]
  // The same text can have two forms in Unicode.
  if (typeof named === 'string' && named.trim() !== '') return digestOf('named', named.normalize())
  if (named !== undefined) {
    const is = typeof named === 'string' ? 'empty' : typeof named
    throw refuse(`memo ${memoFields.key}`, `is ${is}`, 'pass a string that names this child start')
  }
  const action = submitTypes.get(workflowType)
  const input = args[0] as StepInput | undefined
  try {
    if (action && input?.request) return askedOfStep(action, input)
    if (args.length === 0 && workflowId !== undefined) return digestOf('id', withoutRandom(workflowId))
    return digestOf(canonicalJson(args))
  } catch {
    // An argument may contain itself, if the data converter supports that.
    return ''
  }
}

/** A parent may use the same key for all of its steps, because each is a workflow of its own. The media distinguishes them. */
function askedOfStep(action: SubmitAction, { key, account: given, request }: StepInput): string {
  // The default account is the same, whether it is named or left out.
  const account = given === 'default' ? undefined : given
  const asked: Readonly<Record<string, unknown>> = { ...request }
  if (key === undefined) return digestOf('step', canonicalJson([account, defaultKey(action, asked)]))
  const { SubAppId, FileId, MediaStoragePath, FileInfos, Tracks, MediaUrl } = asked
  // The signature in the query of a URL differs each time.
  const [url] = typeof MediaUrl === 'string' ? MediaUrl.split('?') : []
  const media = [SubAppId, FileId, MediaStoragePath, FileInfos, Tracks, url]
  return digestOf('key', canonicalJson([account, key, ...media]))
}

/** Replaces UUIDs, because ids that Temporal or a workflow generates differ in each run. */
function withoutRandom(workflowId: string): string {
  return workflowId.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '*')
}
