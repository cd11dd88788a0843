import fc from 'fast-check'
import type { SubmitResult } from '../../src/contract/activities.js'
import type { TaskReading } from '../../src/contract/outcome.js'
import type {
  Effect,
  StepEvent,
  StepStart,
  StepState,
  SubmitRequest,
} from '../../src/workflows/step/state.js'
import { bornAt, duplicate, hint, hour, part, reading, SessionId, TestStep } from './step.js'

/** What happens next: an answer to what the step has asked for, or something that nobody has asked for. */
interface Turn {
  readonly after: number
  /** Which of the open calls is answered, if one is. */
  readonly answers: number | undefined
  readonly TaskId: string
  readonly shown: Parameters<typeof reading>[1] & Partial<Pick<TaskReading, 'TaskType'>>
  readonly fails: boolean
  readonly submit: (task: Task) => StepEvent
  /** What a listing shows of a task besides its name. */
  readonly listed: { readonly ended?: true; readonly elsewhere?: true }
  readonly unasked: 'hint' | 'late' | 'cancel' | 'detach'
  readonly via: 'push' | 'pull' | 'sweep' | undefined
  /** The hint stands for all events of the step. */
  readonly crowd: boolean
}

interface Task {
  readonly TaskId: string
  readonly TaskType: string
  readonly createdAt: number
}

/** A step, and what happens to it. */
export interface Journey {
  readonly start: Partial<StepStart>
  /** It starts while one task is known and another one is sought. */
  readonly seeks: boolean
  /** What it is asked before its submit has an answer. */
  readonly early: 'cancel' | 'detach' | undefined
  readonly turns: readonly Turn[]
}

const taskIds = ['a', 'b', 'c', 'd'] as const
const types = ['Procedure', 'ReviewAudioVideo', 'EditMedia'] as const
const TaskId = fc.constantFrom(...taskIds)
const TaskType = fc.constantFrom(...types)

const submitted = (result: SubmitResult): StepEvent => ({ type: 'submitted', submitted: result })
const refusal = { message: 'refused', type: 'permanent', details: [] }
const accepted = { kind: 'accepted', SessionId } as const
const doubtful = { kind: 'doubtful', SessionId, refusal: 'VOD said no' } as const

const submitAnswer = fc.constantFrom<Turn['submit']>(
  (task) => submitted({ ...accepted, tasks: [task] }),
  (task) => submitted({ ...accepted, tasks: [task] }),
  (task) => submitted({ ...accepted, tasks: [task], incomplete: true }),
  () => duplicate,
  () => duplicate,
  () => submitted(doubtful),
  () => submitted({ ...doubtful, expired: true }),
  () => submitted({ ...doubtful, believedUnlessFound: refusal }),
  () => ({ type: 'unanswered', sent: true }),
  () => ({ type: 'unanswered', sent: false }),
  () => ({ type: 'unanswered', sent: true, foreign: { SessionId, message: 'no such activity' } }),
  () => ({ type: 'refused', sent: true, error: new Error('refused') }),
  () => ({ type: 'refused', sent: false, error: new Error('refused') }),
)

const withFile = (task: { TaskId: string; TaskType: string }) => ({
  ...task,
  FileId: task.TaskType === 'Procedure' ? '528' : '529',
})

const turn: fc.Arbitrary<Turn> = fc.record({
  after: fc.oneof({ weight: 9, arbitrary: fc.nat(hour) }, { weight: 1, arbitrary: fc.nat(180 * hour) }),
  answers: fc.option(fc.nat(9), { nil: undefined, freq: 3 }),
  TaskId,
  shown: fc.record({
    TaskType,
    Status: fc.constantFrom('FINISH', 'PROCESSING', 'WAITING', 'ABORTED'),
    SessionId: fc.constantFrom(SessionId, SessionId, undefined, 'another'),
    started: fc.array(fc.record({ TaskId, TaskType }).map(withFile), { maxLength: 1 }),
  }),
  fails: fc.boolean(),
  submit: submitAnswer,
  listed: fc.constantFrom({}, {}, { ended: true }, { elsewhere: true }),
  unasked: fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom('hint', 'late') },
    { weight: 1, arbitrary: fc.constantFrom('cancel', 'detach') },
  ),
  via: fc.constantFrom('push', 'pull', 'sweep', undefined),
  crowd: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})

const sends = [
  ...['ProcessMediaByProcedure', 'EditMedia'].map((action) => ({ action, input: { request: {} } })),
  { action: 'ProcessMediaByProcedure', input: { request: {}, idempotencyKey: 'key' } },
] as unknown as readonly SubmitRequest[]

const start: fc.Arbitrary<Partial<StepStart>> = fc.record({
  callbacks: fc.boolean(),
  flows: fc.nat(1),
  FileId: fc.constantFrom('', '528'),
  origin: fc.constantFrom(
    { kind: 'adopt', TaskId: 'a', siblings: ['b'] } as const,
    ...sends.map((send) => ({ kind: 'submit', send }) as const),
  ),
})

/** Steps to which everything happens in every order. */
export const anyJourney: fc.Arbitrary<Journey> = fc.record({
  start,
  seeks: fc.boolean(),
  early: fc.constantFrom(undefined, undefined, undefined, undefined, 'cancel', 'detach'),
  turns: fc.array(turn, { maxLength: 60, size: 'max' }),
})

/** What a step did with an event. */
export interface Taken {
  /** `begin` is the start of the step. */
  readonly input: StepEvent['type'] | 'begin'
  readonly effects: readonly Effect[]
  readonly state: StepState
  /** All calls and timers without an answer. */
  readonly open: readonly Effect[]
}

/** Takes a step through a journey, to its end or to that of the journey. */
export function* travel({ start: given, seeks, early, turns }: Journey): Generator<Taken> {
  const step = new TestStep(given)
  let open: readonly Effect[] = step.effects
  yield { input: 'begin', effects: open, state: step.state, open }
  let at = bornAt
  const give = (event: StepEvent, answered?: Effect): Taken => {
    const effects = step.give(event, at)
    const goingOn = open.filter(
      (each) => each !== answered && (event.type !== 'cancel' || isUncanceled(each)),
    )
    open = withoutReplaced([...goingOn, ...effects])
    return { input: event.type, effects, state: step.state, open }
  }
  if (seeks && step.state.phase === 'submitting') {
    yield give(duplicate, open[0])
    const tasks = [{ TaskId: 'a', TaskType: 'Procedure', createdAt: bornAt }]
    yield give({ type: 'found', tasks, missing: ['ReviewAudioVideo'] }, open[0])
  }
  if (early && step.state.phase === 'submitting') yield give({ type: early })
  for (const next of turns) {
    if (step.state.phase === 'settled') return
    const call = next.answers === undefined ? undefined : open.toSorted(byKind)[next.answers % open.length]
    const event = call ? answerTo(call, next) : unasked(step.state, open, next)
    // A canceled step ends within minutes.
    const after = step.state.phase === 'canceling' ? next.after / 60 : next.after
    at = event.type === 'woke' ? Math.max(at, step.state.nextWake ?? 0) : at + after
    yield give(event, call)
  }
}

/** Timers last: what is answered must not depend on when a timer was set. */
function byKind(one: Effect, other: Effect): number {
  return Number(one.do === 'wake') - Number(other.do === 'wake')
}

/** A cancel ends every call but the submit. */
function isUncanceled(call: Effect): boolean {
  return call.do === 'submit' || call.do === 'wake'
}

/** A wake replaces the one before. */
function withoutReplaced(open: readonly Effect[]): readonly Effect[] {
  const last = open.findLast((call) => call.do === 'wake')
  return open.filter((call) => call.do !== 'wake' || call === last)
}

function answerTo(effect: Effect, { TaskId, shown, fails, submit, listed, via }: Turn): StepEvent {
  const task = { TaskId, TaskType: shown.TaskType ?? '', createdAt: bornAt }
  switch (effect.do) {
    case 'submit':
      return submit(task)
    case 'search':
      return {
        type: 'found',
        tasks: via ? [{ ...task, ...listed }] : [],
        missing: fails ? [...types] : [],
        ...(via || !fails ? {} : { failed: true }),
      }
    case 'read':
      if (effect.here && via === 'sweep') return { type: 'unread', TaskId: effect.TaskId }
      if (fails)
        return { type: 'gone', TaskId: effect.TaskId, ...(via === 'pull' ? { ofOtherFile: true } : {}) }
      return {
        type: 'seen',
        TaskId: effect.TaskId,
        reading: reading(effect.TaskId, { ...shown, parts: [part('succeeded')] }),
      }
    case 'abort':
      return { type: 'abortAnswered', TaskId: effect.TaskId, aborted: !fails }
    case 'readMedia':
      return { type: 'mediaRead', outputs: [] }
    default:
      return { type: 'woke' }
  }
}

function unasked({ phase }: StepState, open: readonly Effect[], next: Turn): StepEvent {
  const { TaskId, shown, fails, unasked, via, crowd, after } = next
  const isRead = open.some((call) => call.do === 'read' && call.TaskId === TaskId)
  if (unasked === 'late' && !isRead) return { type: 'seen', TaskId, reading: reading(TaskId, shown) }
  if (unasked === 'detach' || (unasked === 'cancel' && phase !== 'canceling')) return { type: unasked }
  return {
    type: 'hint',
    hint: hint(TaskId, {
      terminal: !fails,
      ...(via ? { via } : {}),
      ...(crowd ? { after: bornAt + after } : {}),
    }),
  }
}
