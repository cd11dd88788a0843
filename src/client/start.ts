import { createHash } from 'node:crypto'
import type {
  Client,
  WorkflowExecutionDescription,
  WorkflowOptions,
  WorkflowStartOptions,
} from '@temporalio/client'
import type { WithWorkflowArgs, Workflow } from '@temporalio/common'
import { canonicalJson } from '../contract/canonicalJson.js'
import { InvalidInputError } from '../contract/errors.js'
import { reservedProblem } from '../contract/queues.js'
import { memoFields } from '../contract/runNames.js'
import { memoField, Unreadable } from '../temporal/executions.js'
import { startOf } from '../temporal/startOf.js'
import { requireType } from './earlierRun.js'
import { RequestMismatchError, UnreadableError } from './errors.js'
import { ownTypes } from './failingTask.js'
import { checkWorkflowId } from './plan.js'
import { remedies } from './remedies.js'
import { chainOf } from './run.js'
import { differencesIn } from './sameRequest.js'

/** Options of Temporal that would let a second start make a second run, or that `start` sets itself. */
export type SetByStart =
  | 'workflowId'
  | 'workflowIdReusePolicy'
  | 'workflowIdConflictPolicy'
  | 'cronSchedule'
  | 'followRuns'
  | 'searchAttributes'

/** Options of a start, without the arguments of the workflow. */
export interface StartSettings extends Omit<WorkflowOptions, SetByStart> {
  /** Names the work. It becomes the workflow id, and has one run. 1 to 1,000 bytes. */
  readonly id: string
  /** Task queue of the worker that has the workflow. */
  readonly taskQueue: string
  /** `false` starts the run even if no worker polls the task queue. Default `true`. */
  readonly requireWorker?: boolean | undefined
  /** Aborts the call, but not a run that it has started. */
  readonly signal?: AbortSignal | undefined
}

/** Options of `Vodflow.start`: those of Temporal, with an `id` in place of the workflow id and its policies. */
export type StartOptions<T extends Workflow = Workflow> = WithWorkflowArgs<T, StartSettings>

/** A start that has passed every check that needs no call. */
export interface PlannedStart {
  readonly workflowId: string
  readonly type: string
  readonly taskQueue: string
  /** The arguments as the data converter returns them to the workflow. */
  readonly read: readonly unknown[]
  /** Options for Temporal's client. */
  readonly options: WorkflowStartOptions
}

/** @throws InvalidInputError that names the field, before anything is sent */
export function plannedStart(
  client: Client,
  workflow: string | Workflow,
  { id, requireWorker: _, signal: __, ...options }: StartSettings,
  args: readonly unknown[] = [],
): PlannedStart {
  const type = typeOf(workflow)
  const { taskQueue } = options
  checkWorkflowId('id', id)
  const reserved = ownTypes.includes(type) ? undefined : reservedProblem(taskQueue)
  if (reserved) throw new InvalidInputError([{ field: 'taskQueue', ...reserved }])
  const read = converted(client, id, args)
  const memo = { ...options.memo, [memoFields.args]: hashOf(read) }
  return {
    workflowId: id,
    type,
    taskQueue,
    read,
    options: {
      ...options,
      args: [...args],
      memo,
      workflowId: id,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
    },
  }
}

function typeOf(workflow: string | Workflow): string {
  const type = typeof workflow === 'string' ? workflow : workflow.name
  if (type !== '') return type
  const remedy = 'pass the name of the workflow, or its function'
  throw new InvalidInputError([{ field: 'workflow', problem: 'has no name', remedy }])
}

/** Returns the arguments as the workflow gets them. A converter may return another value than it was given, e.g. text for a Date. */
function converted(client: Client, workflowId: string, args: readonly unknown[]): readonly unknown[] {
  const { payloadConverter } = client.options.loadedDataConverter
  const context = { type: 'workflow', namespace: client.options.namespace, workflowId } as const
  return args.map((arg, index) => {
    try {
      return payloadConverter.fromPayload(payloadConverter.toPayload(arg, context), context)
    } catch (error) {
      const problem = `cannot be written: ${error instanceof Error ? error.message : String(error)}`
      const remedy = 'pass a value that the data converter of this client writes and reads'
      throw new InvalidInputError([{ field: `args[${index}]`, problem, remedy }])
    }
  })
}

/** The hash for the memo, which outlives the first execution of a chain. */
function hashOf(args: readonly unknown[]): string {
  return createHash('sha256')
    .update(canonicalJson(membersOf(args)))
    .digest('base64url')
}

/**
 * Returns the arguments by the names that a person knows: `args[0].title`. Arguments and members that are undefined are left out, because a
 * workflow cannot tell them from absent ones.
 */
function membersOf(args: readonly unknown[]): Readonly<Record<string, unknown>> {
  const members = args.flatMap((arg, index) => {
    const name = `args[${index}]`
    if (!isPlainObject(arg)) return [[name, arg] as const]
    return Object.entries(arg).map(([member, value]) => [`${name}.${member}`, value] as const)
  })
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/**
 * Checks that a run has the workflow type and the arguments of a second start. Both are those of the first execution of the chain, because
 * a run may continue as new with others.
 *
 * @throws RequestMismatchError that names what differs
 * @throws UnreadableError if the run was started with another data converter than the one of this client
 */
export async function requireSameStart(
  client: Client,
  earlier: WorkflowExecutionDescription,
  { workflowId, type, read }: PlannedStart,
): Promise<void> {
  const first = await startOf(client, { workflowId, runId: chainOf(earlier) })
  requireType({ workflowId, type: first && 'type' in first ? first.type : earlier.type }, type)
  if (first instanceof Unreadable) throw new UnreadableError(workflowId, first.problem)
  if (first === undefined) return requireSameHash(earlier, read)
  const found = differencesIn(asJson(first.args), asJson(read))
  if (found.length > 0) throw new RequestMismatchError(workflowId, found, remedies.otherArguments)
}

/** The run has continued as new, and its first execution is past the retention period. What is left of its arguments is their hash. */
function requireSameHash({ workflowId, memo }: WorkflowExecutionDescription, read: readonly unknown[]): void {
  const hash = memoField(memo, memoFields.args)
  if (hash === hashOf(read)) return
  if (typeof hash === 'string') {
    const difference = { field: 'args', was: 'others, which Temporal no longer has', is: 'not those' }
    throw new RequestMismatchError(workflowId, [difference], remedies.otherArguments)
  }
  const problem = 'Temporal no longer has its first execution'
  throw new UnreadableError(workflowId, problem, { remedy: remedies.otherArguments })
}

function asJson(args: readonly unknown[]): Readonly<Record<string, string>> {
  const members = Object.entries(membersOf(args))
  return Object.fromEntries(members.map(([name, value]) => [name, canonicalJson(value)]))
}
