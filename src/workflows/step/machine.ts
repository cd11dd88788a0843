import type { SubmitResult } from '../../contract/activities.js'
import { someTask, type TaskHint } from '../../contract/hint.js'
import type { StartedTask } from '../../contract/outcome.js'
import {
  cancel,
  close,
  foundTooLate,
  readAborted,
  submittedTooLate,
  unansweredTooLate,
  wokeWhileCanceling,
} from './canceling.js'
import { isCrowded, withCrowdLook } from './crowd.js'
import { dispute, doubtedFlows, withDoubts, withStarted } from './flows.js'
import { outcomeOf } from './outcome.js'
import { byHint, netOf, read, readQueued } from './read.js'
import { giveUpAt, nextWake, overdueAt } from './schedule.js'
import { searchFor } from './search.js'
import {
  type Effect,
  type ForeignFailure,
  maxForeignFailures,
  maxUnconfirmed,
  type ReadReason,
  type ReducerInput,
  type SearchResult,
  type StepStart,
  type StepState,
  type SubmitRequest,
  type TaskIn,
  type TaskState,
  type Transition,
  unknownType,
} from './state.js'
import {
  foundTasks,
  isOfOther,
  isOfWork,
  isOpen,
  isOver,
  lose,
  opened,
  ownTasks,
  provesNone,
  shownIn,
  taskOf,
  toSought,
  toTask,
  withTask,
} from './tasks.js'
import { andThen, thenEach } from './transition.js'
import {
  claim,
  claimKept,
  claimUntried,
  doubtOf,
  drop,
  keep,
  keptHints,
  mayLackTask,
  namedIn,
  notFound,
  prove,
  withNamed,
  withNamedOnly,
  withoutSought,
} from './unlistedTasks.js'

/** Returns the first state of a step and its first effects. */
export function begin(start: StepStart, at: number): Transition {
  const state: StepState = {
    start,
    startedAt: at,
    phase: 'submitting',
    SessionId: '',
    recovered: false,
    tasks: [],
    kept: [],
    unconfirmed: 0,
    claims: 0,
    crowdLooks: 0,
    nets: {},
  }
  const { origin } = start
  if (origin.kind === 'submit') return [state, [{ do: 'submit', send: origin.send }]]
  // The type and the age of an adopted task are unknown until the first reading.
  const { TaskId, siblings = [] } = origin
  return wait(
    state,
    [TaskId, ...siblings].map((each) => toTask({ TaskId: each, TaskType: unknownType, createdAt: at })),
    at,
  )
}

/**
 * The logic of a step as a pure function. An input that does not apply to a state (repeated, late, foreign, out of
 * order) leaves the state unchanged.
 */
export function reduce(state: StepState, input: ReducerInput): Transition {
  if (state.phase === 'settled') return [state, []]
  switch (input.type) {
    case 'submitted':
      return state.phase === 'canceling'
        ? submittedTooLate(state, input.submitted, input.at)
        : submitted(state, input.submitted, input.at)
    case 'unanswered':
      return state.phase === 'canceling'
        ? unansweredTooLate(state, input.sent)
        : unanswered(state, input.foreign)
    case 'refused':
      return state.phase === 'canceling' ? unansweredTooLate(state, input.sent) : refused(state, input.error)
    case 'found':
      return found(state, input)
    case 'hint':
      return hinted(state, input.hint, input.at)
    case 'seen':
      return seen(state, input)
    case 'gone':
      return gone(state, input, 'is not shown by VOD')
    case 'unread':
      return readQueued(state, input.TaskId)
    case 'woke':
      return state.phase === 'canceling' ? wokeWhileCanceling(state, input.at) : woke(state, input.at)
    case 'mediaRead':
      return state.phase === 'askingMedia' ? settle({ ...state, mediaOutputs: input.outputs }) : [state, []]
    case 'detach':
      return detach(state, input.at)
    case 'cancel':
      return cancel(state, input.at)
    case 'abortAnswered':
      return readAborted(state, input.TaskId, input.aborted, input.at)
  }
}

function submitted(state: StepState, submitted: SubmitResult, at: number): Transition {
  if (state.phase !== 'submitting') return [state, []]
  const answered: StepState = { ...state, SessionId: submitted.SessionId, ...namedIn(submitted) }
  if (submitted.kind === 'accepted' && (submitted.incomplete !== true || state.detached))
    return wait(answered, submitted.tasks.map(toTask), at)
  const doubted: StepState = { ...answered, ...doubtOf(submitted) }
  const { origin } = state.start
  if (state.detached || origin.kind === 'adopt') return settle(doubted)
  return recover(doubted, origin.send, submitted.kind === 'accepted' ? undefined : submitted.sentSince)
}

/** VOD may have accepted the request, so the same request is sent until its answer is known. */
function unanswered(state: StepState, foreign: ForeignFailure | undefined): Transition {
  const { origin } = state.start
  if (state.phase !== 'submitting' || origin.kind === 'adopt') return [state, []]
  if (state.detached) return settle(state)
  const again: Effect = { do: 'submit', send: origin.send, sent: state.startedAt }
  if (!foreign) return [state, [again]]
  const foreignFailures = (state.foreignFailures ?? 0) + 1
  if (foreignFailures < maxForeignFailures) return [{ ...state, foreignFailures }, [again]]
  const { SessionId, message } = foreign
  const refusal = `the submit failed ${foreignFailures} times (${message})`
  return recover({ ...state, SessionId, refusal }, origin.send)
}

function refused(state: StepState, error: unknown): Transition {
  if (state.phase !== 'submitting') return [state, []]
  return [{ ...state, phase: 'settled' }, [{ do: 'fail', error }]]
}

function recover(state: StepState, send: SubmitRequest, sentSince?: number): Transition {
  const recovering: StepState = { ...state, phase: 'recovering' }
  return [recovering, [searchFor(recovering, send, { SessionId: state.SessionId, sentSince })]]
}

function found(state: StepState, { at, ...searched }: SearchResult & { at: number }): Transition {
  const result = withNamed(state, searched)
  if (state.phase === 'canceling') return foundTooLate(state, result, at)
  if (state.phase !== 'recovering') return [state, []]
  const tasks = foundTasks(state, result, at)
  if (state.believedUnlessFound && tasks.length === 0 && provesNone(state, result))
    return [{ ...state, phase: 'settled' }, [{ do: 'refuse', refused: state.believedUnlessFound }]]
  const recovered = state.recovered || (!state.named && tasks.length > 0)
  const rest = result.missing.map((TaskType) => notFound(state, toSought(TaskType, at), result))
  return wait({ ...state, recovered }, [...tasks, ...rest], at)
}

/** The TaskIds are known, so the step processes the hints that arrived earlier and then waits. */
function wait(state: StepState, tasks: readonly TaskState[], at: number): Transition {
  const waiting: StepState = { ...state, phase: 'waiting', tasks }
  if (state.detached || tasks.every(isOver)) return settle(waiting)
  const first = state.start.callbacks ? readUnannounced(waiting) : readAll(waiting, { cause: 'poll' })
  return sleepHearing(first, at)
}

/** Processes the kept hints, because some may be for tasks that are now known. */
function sleepHearing(first: Transition, at: number): Transition {
  const [state, effects] = andThen(first, (next) => sleep(next, at))
  return thenEach([{ ...state, kept: [] }, effects], keptHints(state), (next, hint) => hinted(next, hint, at))
}

/** Reads tasks without a further event: those that had ended when they were found, and those whose events go to another run. */
function readUnannounced(state: StepState): Transition {
  const unannounced = state.tasks.filter(isOpen).filter(({ ended, elsewhere }) => ended || elsewhere)
  return thenEach([state, []], unannounced, (next, { TaskId, ended }) =>
    read(next, TaskId, { cause: ended ? 'search' : 'poll' }),
  )
}

function hinted(state: StepState, hint: TaskHint, at: number): Transition {
  if (state.phase === 'recovering') return [keep(state, hint), []]
  if (state.phase !== 'waiting') return [state, []]
  const { callbacks } = state.start
  if (hint.after !== undefined) return callbacks ? crowdLook(state, at, hint.after) : [state, []]
  const task = taskOf(state, hint.TaskId)
  if (!task) return hintedOfUnknown(state, hint, at)
  if (isOver(task)) return [state, []]
  const Status = hint.terminal ? task.Status : 'PROCESSING'
  const heard = withTask(state, { ...task, Status, percent: Math.max(task.percent, hint.percent ?? 0) })
  if (!hint.terminal || !callbacks) return [heard, []]
  return isCrowded(state, hint) ? crowdLook(heard, at) : read(heard, hint.TaskId, byHint(hint))
}

/**
 * Handles a hint for an unknown task. If the request asked for task flows, it may be a flow that VOD has not named yet, and the task that
 * started it must have ended. Otherwise VOD may write the id differently in its events, or its answer to the submit named a wrong one. In
 * all cases, the step's own tasks are read, or its flows at a later look: the detail that named them may have named a wrong one.
 */
function hintedOfUnknown(state: StepState, hint: TaskHint, at: number): Transition {
  const { flows, callbacks } = state.start
  const named = hint.TaskId !== someTask
  const kept = named && (flows > 0 || mayLackTask(state)) ? keep(state, hint) : state
  const claimed: Transition = named ? claim(kept, hint) : [kept, []]
  if (!callbacks || (flows === 0 && !hint.terminal)) return claimed
  const open = kept.tasks.filter(isOpen).filter(({ startedHere }) => !startedHere)
  if (isCrowded(state, hint) || (open.length === 0 && kept.tasks.some(isOpen)))
    return andThen(claimed, (next) => crowdLook(next, at))
  return thenEach(claimed, open, (next, { TaskId }) => read(next, TaskId, byHint(hint)))
}

function crowdLook(state: StepState, at: number, until = at): Transition {
  const planned = withCrowdLook(state, at, until)
  if (state.crowdLook) return [planned, []]
  const [sleeping, effects] = sleep(planned, at)
  return [sleeping, sleeping.nextWake === state.nextWake ? [] : effects]
}

function seen(state: StepState, input: Extract<ReducerInput, { type: 'seen' }>): Transition {
  const { TaskId, reading, at } = input
  const task = taskOf(state, TaskId)
  if (task?.stage === 'claimed') {
    const proven = prove(state, task, reading)
    return proven ? seen(proven, input) : settleIfOver(drop(state, task))
  }
  if (task?.stage !== 'reading') return [state, []]
  if (input.namesNone && !isOfWork(state, reading))
    return gone(state, input, 'has only answers that do not name it')
  if (isOfOther(state, task, reading)) return notShown(state, task, at, 'has a detail with another SessionId')
  if (task.underWay.cause === 'cancel') return close(state, task, at, reading)
  const known = shownIn(state, task, reading)
  if (known.stage === 'open') return unconfirmed(state, task, known, at)
  const { endedBy: _, ...ended } = withTask(state, known)
  const endedBy = netOf(task.underWay)
  return settleStarted({ ...ended, ...(endedBy ? { endedBy } : {}) }, reading.started ?? [], at)
}

/** An ended task may have started a task flow on its new media. The step also waits for that flow. */
function settleStarted(state: StepState, started: readonly StartedTask[], at: number): Transition {
  const own = new Set(ownTasks(state).map(({ TaskId }) => TaskId))
  const fresh = started.filter(({ TaskId }) => !own.has(TaskId))
  const more = withStarted(withDoubts(state), fresh, at)
  const doubted = doubtedFlows(more)
  if (fresh.length === 0 && doubted.length === 0) return settleIfOver(more)
  const first = state.start.callbacks
    ? thenEach([more, []], doubted, (next, { TaskId }) => read(next, TaskId, { cause: 'dispute' }))
    : readAll(more, { cause: 'poll' })
  return sleepHearing(first, at)
}

/** VOD shows no such task, or its answers are about another task or file. */
function gone(
  state: StepState,
  { TaskId, at, ofOtherFile }: { TaskId: string; at: number; ofOtherFile?: true },
  why: string,
): Transition {
  const task = taskOf(state, TaskId)
  if (task?.stage === 'claimed') return settleIfOver(drop(state, task))
  if (task?.stage !== 'reading') return [state, []]
  if (ofOtherFile && task.startedHere && task.underWay.cause !== 'cancel') return disputed(state, task)
  if (task.underWay.cause !== 'poll') return notShown(state, task, at, why)
  const lost = withTask(state, lose(task, why))
  const next = thenEach([lost, []], doubtedFlows(lost), (state, flow) =>
    read(state, flow.TaskId, { cause: 'poll' }),
  )
  return andThen(next, settleIfOver)
}

function disputed(state: StepState, flow: TaskIn<'reading'>): Transition {
  const { state: next, again } = dispute(state, flow)
  if (again === undefined) return settleIfOver(next)
  return read(next, again, { cause: state.start.callbacks ? 'dispute' : 'poll' })
}

function notShown(state: StepState, task: TaskIn<'reading'>, at: number, problem: string): Transition {
  if (task.underWay.cause === 'cancel') return close(state, task, at)
  return andThen(unconfirmed(state, task, { ...opened(task), problem }, at), claimUntried)
}

/**
 * A read did not show the end. If an event announced the end in the meantime, or if no event can arrive, the task is read again.
 * Otherwise the step counts the read and waits.
 */
function unconfirmed(
  state: StepState,
  { TaskId, underWay }: TaskIn<'reading'>,
  answered: TaskIn<'open'>,
  at: number,
): Transition {
  const more = underWay.cause === 'hint' ? 1 : 0
  const next: StepState = { ...withTask(state, answered), unconfirmed: state.unconfirmed + more }
  const { again } = underWay
  if (again && next.unconfirmed < maxUnconfirmed) return read(next, TaskId, { cause: 'hint', ...again })
  if (!state.start.callbacks)
    return underWay.cause === 'poll' ? [next, []] : read(next, TaskId, { cause: 'poll' })
  const last = again || (underWay.cause === 'hint' && underWay.via === 'sweep')
  return last ? crowdLook(next, at) : [next, []]
}

/** Stops waiting and leaves the work to VOD. As for a cancel, the step waits for a pending submit. */
function detach(state: StepState, at: number): Transition {
  if (state.phase === 'canceling' || state.detached) return [state, []]
  const detached: StepState = { ...state, detached: true }
  if (state.phase !== 'submitting') return settle(withNamedOnly(detached))
  const until = at + state.start.delays.cancelGrace
  const why = 'detached: the tasks are not known yet'
  return [{ ...detached, nextWake: until }, [{ do: 'wake', at: until, why }]]
}

function woke(state: StepState, clock: number): Transition {
  if (state.phase === 'submitting' && state.detached) return settle(state)
  if (state.phase !== 'waiting' || state.nextWake === undefined) return [state, []]
  // The timer has fired, so at least its time has passed, even if the clock shows an earlier one. The clock may have been set back, and
  // after a worker was killed, a run may have seen an earlier time than its replay.
  const at = Math.max(clock, state.nextWake)
  if (at >= giveUpAt(state)) return giveUp(state)
  if (state.crowdLook && state.nextWake >= state.crowdLook.at) return crowdLooked(state, at)
  const rested: StepState = {
    ...(at >= overdueAt(state) ? withoutSought(state) : state),
    unconfirmed: 0,
    claims: 0,
    crowdLooks: 0,
  }
  if (rested.tasks.every(isOver)) return settle(rested)
  const looked: Transition = state.start.callbacks ? readAll(rested, { cause: 'look' }) : [rested, []]
  return andThen(andThen(looked, claimKept), (next) => sleep(next, at))
}

function giveUp(state: StepState): Transition {
  const end = (task: TaskState) => (isOpen(task) ? lose(task, 'did not end in time to be read') : task)
  return settle({ ...state, tasks: ownTasks(withoutSought(state)).map(end) })
}

/** Reads the tasks for a crowd of events. The reads count toward no limit. The next event plans a look after a longer wait. */
function crowdLooked(state: StepState, at: number): Transition {
  const { crowdLook: planned, ...rest } = state
  const looked = andThen(readAll({ ...rest, crowdLooks: state.crowdLooks + 1 }, { cause: 'look' }), claimKept)
  const slept = andThen(looked, (next) => sleep(next, at))
  if (planned === undefined || planned.until <= at) return slept
  return andThen(slept, (next) => crowdLook(next, at, planned.until))
}

function sleep(state: StepState, at: number): Transition {
  const wake = nextWake(state, at)
  const { overdueSince } = wake
  const sleeping: StepState = { ...state, nextWake: wake.at }
  const waking: Effect = { do: 'wake', at: wake.at, why: wake.why }
  if (overdueSince === undefined || state.overdueSince !== undefined) return [sleeping, [waking]]
  return [{ ...sleeping, overdueSince }, [waking, { do: 'markOverdue', since: overdueSince }]]
}

function readAll(state: StepState, why: ReadReason): Transition {
  return thenEach([state, []], state.tasks.filter(isOpen), (next, { TaskId }) => read(next, TaskId, why))
}

function settleIfOver(state: StepState): Transition {
  return state.tasks.every(isOver) ? settle(state) : [state, []]
}

function settle(state: StepState): Transition {
  const settled: StepState = { ...state, phase: 'settled' }
  const { status, FileId } = outcomeOf(settled)
  // VOD does not show tasks older than 72 hours, but their outputs stay on the media file.
  if (status === 'unknown' && FileId !== undefined && !state.mediaOutputs) {
    return [{ ...state, phase: 'askingMedia' }, [{ do: 'readMedia', FileId }]]
  }
  return [settled, [{ do: 'finish', outcome: outcomeOf(settled) }]]
}
