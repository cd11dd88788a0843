import {
  ApplicationFailure,
  AsyncLocalStorage,
  CancellationScope,
  condition,
  defineQuery,
  inWorkflowContext,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow'
import { NotInWorkflowError, PluginMissingError } from '../../base/inWorkflows.js'
import { asHint, hintSignal, type TaskHint } from '../../contract/hint.js'
import { isTerminal, type Outcome } from '../../contract/outcome.js'
import {
  type CancelSummary,
  detachSignal,
  joinCanceled,
  outcomeQuery,
  progressQuery,
  type RunProgress,
  type RunView,
  type StepProgress,
  stepsQuery,
  viewQuery,
} from '../../contract/progress.js'
import { openEnded } from '../../contract/sentence.js'
import { repairError } from '../../contract/wellFormed.js'
import { gateViews, openGates, pendingGates } from '../gates/gates.js'
import { pinSection } from './currentDetails.js'
import { type KeptHint, keepHint } from './keptHints.js'
import { handleSignal } from './signals.js'
import { detailsOf } from './stepMarkdown.js'
import { noteMalformed, unreadSignals } from './unread.js'

/** The callbacks of a step for its signals. */
export interface StepListener {
  onHint(hint: TaskHint): void
  onDetach(): void
}

/**
 * A step in the inbox, which receives all signals and answers all queries of a workflow. Each workflow has its own module state, because
 * Temporal evaluates modules again for each.
 */
interface OpenStep {
  readonly key: string
  readonly attempt: number
  SessionId?: string
  listener?: StepListener
  progress?: RunProgress
  /** The reason why it ended without an outcome. */
  problem?: string
  pending: boolean
  /** A signal has asked it to stop waiting. */
  detached?: true
  /** The scope in which it was called. */
  readonly scope: CancellationScope
}

const steps: OpenStep[] = []
/**
 * The hints for steps that have not started or have no SessionId yet. After a reset, Temporal delivers signals before the code that waits
 * for them.
 */
let earlyHints: readonly KeptHint[] = []
/** The keys of detach requests that arrived before their step. */
const earlyDetaches = new Set<string>()
/** A detach request for all steps that arrived before the first of them. `granted`: a step of the current activation has taken it. */
let earlyDetachOfAll: 'kept' | 'granted' | undefined
let isOpen = false
let keptOutcome: Outcome | undefined

/** The largest number of keys of early detach requests. */
const maxEarlyDetaches = 1_000

/** The longest key, in characters. A default key can contain a storage path. */
const maxKeyLength = 2_000

const progress = defineQuery<RunProgress | undefined, [string?]>(progressQuery)
const allSteps = defineQuery<readonly StepProgress[]>(stepsQuery)
const view = defineQuery<RunView>(viewQuery)
const outcome = defineQuery<Outcome | undefined>(outcomeQuery)

/** Sets the handlers. It must run before any code of a workflow, because the workflow may treat an unhandled signal as unknown. */
export function openInbox(): void {
  isOpen = true
  openGates()
  handleSignal(hintSignal, takeHint, { description: 'Read a task now. A hint only triggers the read.' })
  handleSignal(detachSignal, takeDetach, {
    description: 'Stop waiting and leave the work to VOD: all steps, or the one with this key.',
  })
  setHandler(progress, (key) => shown(key)?.progress, {
    description: 'Progress of a step, by its key; without a key, of the first one.',
  })
  setHandler(allSteps, latestSteps, { description: 'Progress of every step, each by its latest attempt.' })
  setHandler(outcome, () => keptOutcome, {
    description: 'The whole outcome, if it is too large for the failure of this run.',
  })
  setHandler(view, viewOfRun, {
    description: 'Every step and every review gate.',
  })
}

function viewOfRun(): RunView {
  const unread = unreadSignals()
  return { steps: latestSteps(), gates: gateViews(), ...(unread ? { unread } : {}) }
}

function latestSteps(): readonly StepProgress[] {
  return [...new Map(steps.map((step) => [step.key, step])).values()].map(stepProgress)
}

/**
 * Refuses a call that cannot work, with a remedy.
 *
 * @throws NotInWorkflowError outside of a workflow
 * @throws PluginMissingError in a worker without the plugin, where it fails the workflow task, not the workflow: with the plugin the run
 *   continues.
 */
export function requireInbox(what: string): void {
  if (!inWorkflowContext()) throw new NotInWorkflowError(what)
  if (!isOpen) throw new PluginMissingError(what)
}

/** Keeps an outcome that the failure of a step cannot carry. */
export function keepOutcome(outcome: Outcome): void {
  keptOutcome = outcome
}

export function isTaken(key: string): boolean {
  return steps.some((step) => step.key === key)
}

/**
 * Refuses continueAsNew while a step, gate, write or notification is pending, because its hints or its result would be lost. Also while a
 * canceled or detached step has not ended: its clean-up would end with the run.
 *
 * @throws ApplicationFailure that names them
 */
export function refuseToLeave(): void {
  const names = [...pendingGates(), ...calls].map(({ name }) => name)
  const pending = [...steps.filter((step) => step.pending).map(({ key }) => key), ...names]
  if (pending.length === 0) return
  const message = `continueAsNew would lose what is still pending: ${namesOf(pending)}; await it, or cancel its scope, first`
  throw ApplicationFailure.nonRetryable(message, 'StepPending')
}

/**
 * Delays the end of a run until its canceled steps have settled. A step that is being canceled waits for its pending submit, aborts its
 * tasks and reports which ones VOD continues. Without this, a gate, a timer or another step would end the run earlier. It adds no wait if
 * no step is being canceled.
 *
 * A run that returns while a step, gate, write or notification goes on fails, because its result would be lost.
 */
export function afterCleanUp<T>(run: Promise<T>): Promise<T> {
  const hold = <R>(end: () => R): R | Promise<R> =>
    steps.some(isCanceling)
      ? CancellationScope.nonCancellable(() => condition(() => !steps.some(isCanceling)).then(end))
      : end()
  return run.then(
    (result) =>
      hold(() => {
        requireAllEnded()
        return result
      }),
    (error) =>
      hold<never>(() => {
        if (error instanceof TemporalFailure) error.message = withOpenSteps(error.message)
        repairError(error)
        throw error
      }),
  )
}

/** The largest number of steps in the message of a failure. */
const maxNamed = 5

/** Adds the steps that continue without the run: VOD finishes and bills their tasks. */
function withOpenSteps(message: string): string {
  const open = steps.filter(({ pending }) => pending)
  if (open.length === 0) return message
  return `${openEnded(message)}. Steps that were still open, whose tasks VOD finishes and bills: ${namesOf(open.map(nameOf))}`
}

/** Returns the key of a step and its tasks that go on. */
function nameOf({ key, progress }: OpenStep): string {
  const going =
    progress?.tasks.filter(({ TaskId, Status }) => TaskId !== undefined && !isTerminal(Status)) ?? []
  const ids = going.slice(0, maxNamed).map(({ TaskId }) => TaskId)
  return `${key} (${ids.length === 0 ? 'being submitted' : ids.join(', ')})`
}

function namesOf(names: readonly string[]): string {
  const more = names.length > maxNamed ? [`${names.length - maxNamed} more`] : []
  return [...names.slice(0, maxNamed), ...more].join('; ')
}

/** A write or a notification that has no result yet. */
interface OpenCall {
  readonly name: string
  readonly scope: CancellationScope
}

const calls = new Set<OpenCall>()

/** In the callback of a gate, whose promise the user's code does not have. */
const inCallback = new AsyncLocalStorage<true>()

/** Runs a callback whose calls may go on after the workflow function has returned. */
export function asCallback<T>(callback: () => T): T {
  return inCallback.run(true, callback)
}

/** Makes a call that the workflow function must not leave behind. */
export async function untilAnswered<T>(name: string, make: () => Promise<T>): Promise<T> {
  if (inCallback.getStore()) return make()
  const call: OpenCall = { name, scope: CancellationScope.current() }
  calls.add(call)
  try {
    return await make()
  } finally {
    calls.delete(call)
  }
}

/**
 * What is canceled or detached is not awaited any more.
 *
 * @throws ApplicationFailure that names the steps, gates and calls that the workflow function has left behind
 */
function requireAllEnded(): void {
  const left = [
    ...steps.filter(({ pending, detached }) => pending && !detached),
    ...pendingGates(),
    ...calls,
  ].filter(({ scope }) => !isCanceled(scope))
  if (left.length === 0) return
  const names = namesOf(left.map((each) => ('key' in each ? nameOf(each) : each.name)))
  const message = `the workflow function returned before this ended: ${names}; await it, or cancel its scope, before the function returns, and then reset the run: it is the same work, and makes no new task`
  throw ApplicationFailure.nonRetryable(message, 'NotAwaited')
}

function isCanceling({ pending, scope }: OpenStep): boolean {
  return pending && isCanceled(scope)
}

/** A cancellation reaches nested scopes one after another, so this scope counts as canceled as soon as an outer one is. */
function isCanceled({ consideredCancelled, cancellable, parent }: CancellationScope): boolean {
  return consideredCancelled || (cancellable && parent !== undefined && isCanceled(parent))
}

/** The part of the inbox for one step. */
interface StepInbox {
  listen(listener: StepListener): void
  /** From now on, hints with this SessionId go to the listener, including those that arrived earlier. */
  receive(SessionId: string): void
  show(progress: RunProgress): void
  close(failure?: unknown): void
}

/** Adds a step to the inbox. */
export function openStep(key: string, attempt: number): StepInbox {
  const step: OpenStep = { key, attempt, pending: true, scope: CancellationScope.current() }
  const pin = pinSection(attempt > 1 ? `${key}, attempt ${attempt}` : key)
  steps.push(step)
  return {
    listen(listener) {
      step.listener = listener
      const isNamed = earlyDetaches.delete(key)
      if (earlyDetachOfAll) earlyDetachOfAll = 'granted'
      if (!isNamed && !earlyDetachOfAll) return
      step.detached = true
      listener.onDetach()
    },
    receive(SessionId) {
      step.SessionId = SessionId
      const early = earlyHints
      earlyHints = []
      for (const { hint } of early) takeHint(hint)
    },
    show(progress) {
      step.progress = progress
      pin(() => detailsOf(progress))
    },
    close(failure) {
      step.pending = false
      if (failure !== undefined) step.problem = failure instanceof Error ? failure.message : String(failure)
    },
  }
}

/** Returns progress without the parts of an outcome, because one answer contains all steps of a run. */
function stepProgress({ key, attempt, progress, problem, pending }: OpenStep): StepProgress {
  const { outcome, ...rest } = progress ?? { attempt, percent: 0, tasks: [], nets: {} }
  return {
    phase: 'submitting',
    ...rest,
    ...(pending ? {} : { phase: 'settled' }),
    key,
    ...(outcome ? { outcome: { status: outcome.status, reason: outcome.reason } } : {}),
    ...(problem === undefined ? {} : { problem }),
  }
}

/** Joins the summaries of all canceled steps of this run, or of every attempt of the step with this key. */
export function canceledSteps(key?: string): CancelSummary {
  const keys = steps.flatMap((step) => (step.progress?.canceled ? [step.key] : []))
  const meant = steps.filter((step) => keys.includes(step.key) && (key === undefined || step.key === key))
  const all = meant.flatMap(({ progress }) => (progress ? [progress.canceled ?? asEnded(progress)] : []))
  return joinCanceled(all)
}

/** Returns the summary of an attempt that had ended before its repair was canceled. */
function asEnded({ tasks }: RunProgress): CancelSummary {
  const ended = tasks.map(({ TaskId }) => TaskId).filter((TaskId) => TaskId !== undefined)
  return { stopped: [], ended, left: [], submitUnanswered: false }
}

/** Returns the latest attempt of the step with this key, the attempt with this SessionId or, without a key, the first step. */
function shown(key = steps[0]?.key): OpenStep | undefined {
  return steps.filter((step) => step.key === key || step.SessionId === key).at(-1)
}

function takeDetach(key?: unknown): void {
  if (!isKey(key)) {
    noteMalformed(detachSignal)
    return
  }
  const meant = steps.filter((step) => key === undefined || step.key === key)
  const waiting = meant.filter((step) => step.listener && step.progress?.phase !== 'settled')
  for (const step of waiting) {
    step.detached = true
    step.listener?.onDetach()
  }
  // A signal may arrive before its step has started.
  if (meant.length > 0) return
  if (key === undefined) earlyDetachOfAll = 'kept'
  else if (earlyDetaches.size < maxEarlyDetaches) earlyDetaches.add(key)
}

/**
 * Ends an early detach request for all steps with the activation in which the first of them started: it is for the steps that start
 * together, not for those that follow.
 */
export function forgetGrantedDetach(): void {
  if (earlyDetachOfAll === 'granted') earlyDetachOfAll = undefined
}

/** Without a key, the signal is for every step. */
function isKey(key: unknown): key is string | undefined {
  return key === undefined || (typeof key === 'string' && key.length <= maxKeyLength)
}

function takeHint(payload: unknown): void {
  const hint = asHint(payload)
  if (!hint) {
    noteMalformed(hintSignal)
    return
  }
  const meant = steps.filter(({ SessionId }) => SessionId === hint.SessionId)
  for (const { listener } of meant) listener?.onHint(hint)
  if (meant.length === 0) earlyHints = keepHint(earlyHints, hint)
}
