import { expect } from 'vitest'
import { defaultDelays } from '../../src/contract/delays.js'
import type { TaskHint } from '../../src/contract/hint.js'
import type { ModerationVerdict, PartStatus, TaskPart, TaskReading } from '../../src/contract/outcome.js'
import { begin, reduce } from '../../src/workflows/step/machine.js'
import type {
  Effect,
  StepEvent,
  StepStart,
  StepState,
  SubmitRequest,
} from '../../src/workflows/step/state.js'

export const hour = 60 * 60_000
export const bornAt = Date.parse('2026-01-01T00:00:00Z')
export const SessionId = 'a'.repeat(40)
export const procedureId = '1500000001-procedurev2-aaaa'
export const reviewId = '1500000001-ReviewAudioVideo-bbbb'

export const send: SubmitRequest = {
  action: 'ProcessMediaByProcedure',
  input: { request: { ProcedureName: 'two', FileId: '528' } },
}

export function start(given: Partial<StepStart> = {}): StepStart {
  return {
    origin: { kind: 'submit', send },
    identity: { fresh: true },
    attempt: 1,
    callbacks: true,
    flows: 0,
    delays: defaultDelays,
    jitter: 0,
    FileId: '528',
    SessionContext: '',
    ...given,
  }
}

export function part(status: PartStatus, given: Partial<TaskPart> = {}): TaskPart {
  return { Type: 'Transcode', status, Output: {}, urls: [], ...given }
}

export function verdict(
  of: string,
  Suggestion?: string,
  given: Partial<ModerationVerdict> = {},
): ModerationVerdict {
  return {
    of,
    ...(Suggestion === undefined ? {} : { Suggestion }),
    segments: [],
    truncated: false,
    ...given,
  }
}

type Given = { readonly [K in keyof Omit<TaskReading, 'TaskId'>]?: TaskReading[K] | undefined }

/** A member that is given as undefined is absent. */
export function reading(TaskId: string, given: Given = {}): TaskReading & { readonly TaskId: string } {
  const usual = {
    TaskId,
    TaskType: TaskId === reviewId ? 'ReviewAudioVideo' : 'Procedure',
    Status: 'FINISH',
    CreateTime: new Date(bornAt).toISOString(),
    SessionId,
    FileId: '528',
    parts: [part('succeeded')],
  }
  const members = Object.entries({ ...usual, ...given }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(members) as unknown as TaskReading & { readonly TaskId: string }
}

export function hint(TaskId: string, given: Partial<TaskHint> = {}): TaskHint {
  return { v: 1, SessionId, TaskId, terminal: true, ...given }
}

export const accepted = (...TaskIds: string[]): StepEvent => ({
  type: 'submitted',
  submitted: {
    kind: 'accepted',
    SessionId,
    tasks: TaskIds.map((TaskId) => ({
      TaskId,
      TaskType: TaskId === reviewId ? 'ReviewAudioVideo' : 'Procedure',
      createdAt: bornAt,
    })),
  },
})

/** A step in a test: give it events, look at its state and at what it asks for. */
export class TestStep {
  state: StepState
  /** Effects of the last event. */
  effects: readonly Effect[]

  constructor(given: Partial<StepStart> = {}) {
    ;[this.state, this.effects] = begin(start(given), bornAt)
  }

  give(event: StepEvent, at = bornAt + 60_000): readonly Effect[] {
    ;[this.state, this.effects] = reduce(this.state, { ...event, at })
    return this.effects
  }
}

/** What a step does when it reads a task, in whatever way. */
export const read = (TaskId: string, cause: string): unknown =>
  expect.objectContaining({ do: 'read', TaskId, cause })

/** What a canceled step does to a task. */
export const abort = (TaskId: string): unknown => expect.objectContaining({ do: 'abort', TaskId })

/** The answer to that read. */
export const seen = (given = reading(procedureId)) =>
  ({ type: 'seen', TaskId: given.TaskId, reading: given }) as const

/** VOD has made tasks before under this SessionId. */
export const duplicate = { type: 'submitted', submitted: { kind: 'duplicate', SessionId } } as const

/** What a step does when no listing shows what it made. */
export const askMedia = [{ do: 'readMedia', FileId: '528' }]

/** A step whose submit was accepted. */
export function waiting(...TaskIds: string[]): TestStep {
  const step = new TestStep()
  step.give(accepted(...TaskIds), bornAt)
  return step
}
