import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isTerminal, type TaskReading } from '../../../src/contract/outcome.js'
import type {
  Effect,
  StepEvent,
  StepState,
  SubmitRequest,
  TaskState,
} from '../../../src/workflows/step/state.js'
import { bornAt, duplicate, hint, hour, part, reading, SessionId, TestStep } from '../../support/step.js'

/** What happens next: an answer to what the step has asked for, or something that nobody has asked for. */
interface Turn {
  readonly after: number
  /** Which of the open calls is answered, if one is. */
  readonly answers: number | undefined
  readonly TaskId: string
  readonly shown: Parameters<typeof reading>[1] & Partial<Pick<TaskReading, 'TaskType'>>
  readonly fails: boolean
  readonly unasked: 'hint' | 'late' | 'cancel' | 'detach'
  readonly via: 'push' | 'pull' | 'sweep' | undefined
}

const taskIds = ['a', 'b', 'c', 'd'] as const
const types = ['Procedure', 'ReviewAudioVideo', 'EditMedia'] as const
const TaskId = fc.constantFrom(...taskIds)
const TaskType = fc.constantFrom(...types)

const turn: fc.Arbitrary<Turn> = fc.record({
  after: fc.oneof({ weight: 9, arbitrary: fc.nat(hour) }, { weight: 1, arbitrary: fc.nat(90 * hour) }),
  answers: fc.option(fc.nat(9), { nil: undefined, freq: 3 }),
  TaskId,
  shown: fc.record({
    TaskType,
    Status: fc.constantFrom('FINISH', 'PROCESSING', 'WAITING', 'ABORTED'),
    SessionId: fc.constantFrom(SessionId, SessionId, undefined, 'another'),
    started: fc.array(fc.record({ TaskId, TaskType }), { maxLength: 1 }),
  }),
  fails: fc.boolean(),
  unasked: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('hint', 'late') },
    { weight: 1, arbitrary: fc.constantFrom('cancel', 'detach') },
  ),
  via: fc.constantFrom('push', 'pull', 'sweep', undefined),
})

const starts = fc.record({
  callbacks: fc.boolean(),
  flows: fc.nat(1),
  FileId: fc.constantFrom('', '528'),
  answered: fc.boolean(),
  origin: fc.constantFrom(
    { kind: 'adopt', TaskId: 'a', siblings: ['b'] } as const,
    ...['ProcessMediaByProcedure', 'EditMedia'].map((action) => {
      const send = { action, input: { request: {} } } as unknown as SubmitRequest
      return { kind: 'submit', send } as const
    }),
  ),
})

it('whatever comes in whatever order, a task has one read and a step something to wait for', () => {
  fc.assert(
    fc.property(starts, fc.array(turn, { maxLength: 60 }), ({ answered, ...start }, turns) => {
      const step = new TestStep(start)
      if (answered && start.origin.kind === 'submit') seek(step)
      let open: readonly Effect[] = step.effects
      let at = bornAt
      for (const next of turns) {
        if (step.state.phase === 'settled') return
        const call =
          next.answers === undefined ? undefined : open.toSorted(byKind)[next.answers % open.length]
        const event = call ? answerTo(call, next) : unasked(step.state, open, next)
        at = event.type === 'woke' ? Math.max(at, step.state.nextWake ?? 0) : at + next.after
        const asked = step.give(event, at)
        open = [...open.filter((each) => each !== call && goesOn(each, event, asked)), ...asked]
        check(step.state, open)
      }
    }),
    { numRuns: 1_000 },
  )
})

/** Much happens only while one task is known and another one sought. */
function seek(step: TestStep): void {
  step.give(duplicate, bornAt)
  const tasks = [{ TaskId: 'a', TaskType: 'Procedure', createdAt: bornAt }]
  step.give({ type: 'found', tasks, missing: ['ReviewAudioVideo'] }, bornAt)
}

/** Timers last: what is answered must not depend on when a timer was set. */
function byKind(one: Effect, other: Effect): number {
  return Number(one.do === 'wake') - Number(other.do === 'wake')
}

/** A wake replaces the one before; a cancel ends every call but the submit. */
function goesOn(call: Effect, event: StepEvent, asked: readonly Effect[]): boolean {
  if (call.do === 'wake') return !asked.some((effect) => effect.do === 'wake')
  return event.type !== 'cancel' || call.do === 'submit'
}

function check({ phase, tasks }: StepState, open: readonly Effect[]): void {
  if (phase !== 'settled') expect(open.length).toBeGreaterThan(0)
  if (phase === 'waiting') expect(open.filter((call) => call.do === 'wake')).toHaveLength(1)
  for (const task of tasks) {
    const reads = open.filter((call) => call.do === 'read' && call.TaskId === task.TaskId)
    if (phase === 'waiting' || phase === 'cancelling') expect(reads).toHaveLength(task.underWay ? 1 : 0)
    expect(isSound(task)).toBe(true)
  }
}

/** What the types say, of what is there: spreading one task into another could keep what they hide. */
function isSound(task: TaskState): boolean {
  const { stage, underWay, reading } = task
  const isRead = stage === 'reading' || stage === 'claimed'
  const isEnd = reading !== undefined && isTerminal(reading.Status)
  return (
    isRead === (underWay !== undefined) &&
    isEnd === (stage === 'over') &&
    'lost' in task === (stage === 'lost')
  )
}

function answerTo(effect: Effect, { TaskId, shown, fails, via }: Turn): StepEvent {
  const task = { TaskId, TaskType: shown.TaskType ?? '', createdAt: bornAt }
  switch (effect.do) {
    case 'submit':
      if (fails && via === 'sweep')
        return { type: 'refused', sent: TaskId === 'a', error: new Error('refused') }
      if (fails) return { type: 'unanswered', sent: true }
      return { type: 'submitted', submitted: via ? { kind: 'duplicate', SessionId } : accepted(task) }
    case 'search':
      return {
        type: 'found',
        tasks: via ? [task] : [],
        missing: fails ? [...types] : [],
        ...(via ? {} : { failed: true }),
      }
    case 'read':
      if (effect.here && via === 'sweep') return { type: 'unread', TaskId: effect.TaskId }
      if (fails) return { type: 'gone', TaskId: effect.TaskId }
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

function accepted(task: { TaskId: string; TaskType: string; createdAt: number }) {
  return { kind: 'accepted', SessionId, tasks: [task] } as const
}

function unasked({ phase }: StepState, open: readonly Effect[], next: Turn): StepEvent {
  const { TaskId, shown, fails, unasked, via } = next
  const isRead = open.some((call) => call.do === 'read' && call.TaskId === TaskId)
  if (unasked === 'late' && !isRead) return { type: 'seen', TaskId, reading: reading(TaskId, shown) }
  if (unasked === 'detach' || (unasked === 'cancel' && phase !== 'cancelling')) return { type: unasked }
  return { type: 'hint', hint: hint(TaskId, { terminal: !fails, ...(via ? { via } : {}) }) }
}
