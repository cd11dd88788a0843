import type { RateClass } from './rates.js'
import type { StepRequests } from './requests.js'
import { day } from './time.js'

/** A type of task, as VOD lists, announces and shows it. */
export interface TaskKind {
  /** Event that announces its end, and the member of it that holds the task; absent where Tencent lists none. */
  readonly event?: { readonly EventType: string; readonly member: string }
  /** Whether `DescribeTasks` lists it: so that the sweep hints it, and a search after a duplicate can find it. */
  readonly listed: boolean
  /** Member of `DescribeTaskDetail` that holds it. Default `<TaskType>Task`. */
  readonly detail?: string
  /** Where the media that it makes stand in its detail: the detail itself, its Output, or each item's Output of a list. */
  readonly makes?: 'itself' | 'Output' | 'FileInfoSet'
}

const kinds = {
  Procedure: {
    event: { EventType: 'ProcedureStateChanged', member: 'ProcedureStateChangeEvent' },
    listed: true,
  },
  ReviewAudioVideo: { event: completed('ReviewAudioVideo'), listed: true },
  ImportMediaKnowledge: { listed: false, detail: 'ImportMediaKnowledge' },
  PullUpload: { event: completed('Pull'), listed: false, makes: 'itself' },
  EditMedia: { event: completed('EditMedia'), listed: true, makes: 'Output' },
  ComposeMedia: { event: completed('ComposeMedia'), listed: false, makes: 'Output' },
  SplitMedia: { event: completed('SplitMedia'), listed: false, makes: 'FileInfoSet' },
} as const satisfies Record<string, TaskKind>

/** Every type of task that a step waits for. A type that is not here is one without event that is not listed. */
export const taskKinds: Readonly<Record<string, TaskKind>> = kinds

/** The members of an event that hold a task which a step waits for. */
export type EventMember = Extract<(typeof kinds)[keyof typeof kinds], { event: unknown }>['event']['member']

function completed<N extends string>(name: N) {
  return { EventType: `${name}Complete`, member: `${name}CompleteEvent` } as const
}

/** One kind of task that a submission makes. */
export interface MadeTask {
  /** Member of the response that holds its id or ids. */
  readonly member: string
  readonly TaskType: string
  /** VOD leaves the member out where no such task is asked for; every other one is there, if only as `""`. */
  readonly mayBeAbsent?: true
}

export interface AsyncAction {
  readonly tasks: readonly MadeTask[]
  /** How long VOD refuses a SessionId that it has seen, ms. */
  readonly dedupWindowMs: number
  readonly rate: RateClass
  /**
   * How the tasks of an earlier send are found after a duplicate: in the `listing`, or by the new `media`, whose
   * SourceContext says who made it. `none`: only an event can name them, and without one the outcome is `unknown`.
   */
  readonly found: 'listing' | 'media' | 'none'
}

const one = (TaskType: string): readonly MadeTask[] => [{ member: 'TaskId', TaskType }]

/** The asynchronous actions that can be a step. For one more: a line here, one in `api.ts`, one in `workflows/steps.ts`. */
export const asyncActions = {
  ProcessMediaByProcedure: {
    tasks: [
      ...one('Procedure'),
      { member: 'ReviewAudioVideoTaskId', TaskType: 'ReviewAudioVideo' },
      {
        member: 'ImportMediaKnowledgeTaskIdSet',
        TaskType: 'ImportMediaKnowledge',
        mayBeAbsent: true,
      },
    ],
    dedupWindowMs: 7 * day,
    rate: 'submit',
    found: 'listing',
  },
  ProcessMedia: { tasks: one('Procedure'), dedupWindowMs: 3 * day, rate: 'submit', found: 'listing' },
  PullUpload: { tasks: one('PullUpload'), dedupWindowMs: 3 * day, rate: 'submit', found: 'media' },
  EditMedia: { tasks: one('EditMedia'), dedupWindowMs: 3 * day, rate: 'submit', found: 'listing' },
  ComposeMedia: { tasks: one('ComposeMedia'), dedupWindowMs: 3 * day, rate: 'submit', found: 'none' },
  SplitMedia: { tasks: one('SplitMedia'), dedupWindowMs: 3 * day, rate: 'slow', found: 'none' },
  ReviewAudioVideo: {
    tasks: one('ReviewAudioVideo'),
    dedupWindowMs: 3 * day,
    rate: 'slow',
    found: 'listing',
  },
} as const satisfies Record<SubmitAction, AsyncAction>

/** An asynchronous action, which is a step. */
export type SubmitAction = keyof StepRequests

export const submitActions = Object.keys(asyncActions) as readonly SubmitAction[]
