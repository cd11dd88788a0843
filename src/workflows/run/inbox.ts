import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  inWorkflowContext,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow'
import { asHint, hintSignal, laterOf, type TaskHint } from '../../contract/hint.js'
import { isTerminal, type Outcome } from '../../contract/outcome.js'
import {
  type CancelSummary,
  detachSignal,
  joinCancelled,
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
import { gateViews, openGateNames, openGates } from '../gates/gates.js'
import { pinSection } from './currentDetails.js'
import { detailsOf } from './stepMarkdown.js'

/** What is sent to a step. */
export interface StepListener {
  onHint(hint: TaskHint): void
  onDetach(): void
}

/**
 * The one place where a workflow takes hints and answers about its steps. Module state is a workflow's own:
 * Temporal evaluates modules anew for each.
 */
interface OpenStep {
  readonly key: string
  readonly attempt: number
  SessionId?: string
  listener?: StepListener
  progress?: RunProgress
  /** Why it ended without an outcome. */
  problem?: string
  pending: boolean
  /** In which it was called. */
  readonly scope: CancellationScope
}

const steps: OpenStep[] = []
const unclaimed: TaskHint[] = []
const earlyDetaches: (string | undefined)[] = []
let isOpen = false
let keptOutcome: Outcome | undefined

/**
 * Holds hints and detach requests for steps that have not started or have no SessionId yet. After a reset, Temporal delivers signals
 * before the code that waits for them. One hint is kept for each task: a split makes some hundred. The latest are kept, because earlier
 * runs of the workflow id may have caused others.
 */
const maxUnclaimed = 1_000

/** A default key has a storage path in it. */
const maxKeyLength = 2_000

const hint = defineSignal<[unknown]>(hintSignal)
const detach = defineSignal<[unknown?]>(detachSignal)
const progress = defineQuery<RunProgress | undefined, [string?]>(progressQuery)
const allSteps = defineQuery<readonly StepProgress[]>(stepsQuery)
const view = defineQuery<RunView>(viewQuery)
const outcome = defineQuery<Outcome | undefined>(outcomeQuery)

/** Called before any code of a workflow: a signal that nobody handles may be seen as foreign. */
export function openInbox(): void {
  isOpen = true
  openGates()
  setHandler(hint, takeHint, { description: 'Look at a task now. Believed by nobody: the task is read.' })
  setHandler(detach, takeDetach, {
    description: 'Stop waiting and leave the work to VOD: all steps, or the one with this key.',
  })
  setHandler(progress, (key) => shown(key)?.progress, {
    description: 'Progress of a step, by its key; without a key, of the first one.',
  })
  setHandler(allSteps, latestSteps, { description: 'Progress of every step, each by its latest attempt.' })
  setHandler(outcome, () => keptOutcome, {
    description: 'The outcome that is too large for the failure of this run.',
  })
  setHandler(view, () => ({ steps: latestSteps(), gates: gateViews() }), {
    description: 'Every step and every review gate.',
  })
}

function latestSteps(): readonly StepProgress[] {
  return [...new Map(steps.map((step) => [step.key, step])).values()].map(stepProgress)
}

/**
 * Refuses what cannot work: at once, and in words that say what to do.
 *
 * @throws Error outside of a workflow; and in a worker without the plugin, where it fails the workflow task, not the workflow: with
 *   the plugin the run goes on.
 */
export function requireInbox(what: string): void {
  if (!inWorkflowContext()) {
    throw new Error(
      `${what} works inside a workflow only: await it in one, or start it there by its name with a client`,
    )
  }
  if (!isOpen) {
    throw new Error(
      `${what} needs vodflow's plugin: give plugins: [new VodflowPlugin(...)] to Worker.create, and to bundleWorkflowCode where the workflows are bundled before`,
    )
  }
}

/** Keeps an outcome that the failure of a step cannot carry. */
export function keepOutcome(outcome: Outcome): void {
  keptOutcome = outcome
}

export function isTaken(key: string): boolean {
  return steps.some((step) => step.key === key)
}

/** What a run must not leave behind: hints for it would find nobody. @throws ApplicationFailure that names what waits. */
export function refuseToLeave(): void {
  const pending = [...steps.filter((step) => step.pending).map(({ key }) => key), ...openGateNames()]
  if (pending.length === 0) return
  const message = `continueAsNew while something waits would lose it: ${pending.join(', ')}; await it, or cancel its scope, first`
  throw ApplicationFailure.nonRetryable(message, 'StepPending')
}

/**
 * The end of a run, once its canceled steps have settled. A step that is being canceled awaits a submit on the wire, aborts what it
 * made and says what goes on; a gate, a timer or another step would end the run before that. Where none is, it adds no wait.
 */
export function afterCleanUp<T>(run: Promise<T>): Promise<T> {
  const hold = <R>(end: () => R): R | Promise<R> =>
    steps.some(isCancelling)
      ? CancellationScope.nonCancellable(() => condition(() => !steps.some(isCancelling)).then(end))
      : end()
  return run.then(
    (result) => hold(() => result),
    (error) =>
      hold<never>(() => {
        if (error instanceof TemporalFailure) error.message = withOpenSteps(error.message)
        repairError(error)
        throw error
      }),
  )
}

/** Steps that the message of a failure names. */
const maxNamed = 5

/** Says which work goes on without the run: VOD finishes and bills it. */
function withOpenSteps(message: string): string {
  const open = steps.filter(({ pending }) => pending)
  if (open.length === 0) return message
  const named = open.slice(0, maxNamed).map(({ key, progress }) => {
    const going = progress?.tasks.filter(({ TaskId, Status }) => TaskId !== '' && !isTerminal(Status)) ?? []
    const ids = going.slice(0, maxNamed).map(({ TaskId }) => TaskId)
    return `${key} (${ids.length === 0 ? 'being submitted' : ids.join(', ')})`
  })
  const more = open.length > maxNamed ? [`${open.length - maxNamed} more`] : []
  return `${openEnded(message)}. Steps that were still open, whose tasks VOD finishes and bills: ${[...named, ...more].join('; ')}`
}

function isCancelling({ pending, scope }: OpenStep): boolean {
  return pending && isCancelled(scope)
}

/** A cancellation reaches nested scopes one after the other: where an outer one has it, this one will. */
function isCancelled({ consideredCancelled, cancellable, parent }: CancellationScope): boolean {
  return consideredCancelled || (cancellable && parent !== undefined && isCancelled(parent))
}

/** A step's side of the inbox. */
interface StepInbox {
  listen(listener: StepListener): void
  /** Hints that name this SessionId go to the listener from now on, and so do those that came before. */
  receive(SessionId: string): void
  show(progress: RunProgress): void
  close(failure?: unknown): void
}

/** Adds a step. */
export function openStep(key: string, attempt: number): StepInbox {
  const step: OpenStep = { key, attempt, pending: true, scope: CancellationScope.current() }
  const pin = pinSection(attempt > 1 ? `${key}, attempt ${attempt}` : key)
  steps.push(step)
  return {
    listen(listener) {
      step.listener = listener
      const wished = earlyDetaches.findIndex((wish) => wish === undefined || wish === key)
      if (wished >= 0) {
        earlyDetaches.splice(wished, 1)
        listener.onDetach()
      }
    },
    receive(SessionId) {
      step.SessionId = SessionId
      for (const early of unclaimed.splice(0)) takeHint(early)
    },
    show(progress) {
      step.progress = progress
      pin(detailsOf(progress))
    },
    close(failure) {
      step.pending = false
      if (failure !== undefined) step.problem = failure instanceof Error ? failure.message : String(failure)
    },
  }
}

/** Without the parts of an outcome: one answer holds all steps of a run. */
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

/** What the canceled steps of this run say, together: all of them, or every attempt of the one with this key. */
export function cancelledSteps(key?: string): CancelSummary {
  const keys = steps.flatMap((step) => (step.progress?.cancelled ? [step.key] : []))
  const meant = steps.filter((step) => keys.includes(step.key) && (key === undefined || step.key === key))
  const all = meant.flatMap(({ progress }) => (progress ? [progress.cancelled ?? asEnded(progress)] : []))
  return joinCancelled(all)
}

/** Of an attempt before a repair that was canceled. */
function asEnded({ tasks }: RunProgress): CancelSummary {
  const ended = tasks.map(({ TaskId }) => TaskId).filter((TaskId) => TaskId !== '')
  return { stopped: [], ended, left: [], submitUnanswered: false }
}

/** The latest attempt of the step with this key; the attempt with this SessionId; without either, the first step. */
function shown(key = steps[0]?.key): OpenStep | undefined {
  return steps.filter((step) => step.key === key || step.SessionId === key).at(-1)
}

function takeDetach(key?: unknown): void {
  if (!isKey(key)) return
  const meant = steps.filter((step) => key === undefined || step.key === key)
  const waiting = meant.filter((step) => step.listener && step.progress?.phase !== 'settled')
  for (const { listener } of waiting) listener?.onDetach()
  // A signal may come before the step that it is for.
  if (meant.length === 0 && earlyDetaches.length < maxUnclaimed) earlyDetaches.push(key)
}

/** Absent: every step. */
function isKey(key: unknown): key is string | undefined {
  return key === undefined || (typeof key === 'string' && key.length <= maxKeyLength)
}

function takeHint(payload: unknown): void {
  const hint = asHint(payload)
  if (!hint) return
  const meant = steps.filter(({ SessionId }) => SessionId === hint.SessionId)
  for (const { listener } of meant) listener?.onHint(hint)
  if (meant.length > 0) return
  const { SessionId, TaskId } = hint
  const same = unclaimed.findIndex((early) => early.SessionId === SessionId && early.TaskId === TaskId)
  const [before] = same < 0 ? [] : unclaimed.splice(same, 1)
  unclaimed.push(before ? laterOf(before, hint) : hint)
  if (unclaimed.length > maxUnclaimed) unclaimed.shift()
}
