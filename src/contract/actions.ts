import type { RateClass } from './rates.js'
import type { StepRequests } from './requests.js'
import { day } from './time.js'

/** A type of task in VOD's listings, events and details. */
export interface TaskKind {
  /** The event that announces its end, and the event's member with the task. Absent if Tencent documents none. */
  readonly event?: { readonly EventType: string; readonly member: string }
  /** `DescribeTasks` lists it, so the sweep sends hints for it, and a search after a duplicate can find it. */
  readonly listed: boolean
  /** The member of `DescribeTaskDetail` with the task. Default `<TaskType>Task`. */
  readonly detail?: string
  /** The place of its new media in its detail: the detail itself, its Output, or the Output of each item in a list. */
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

/** Every type of task that a step waits for. Any other type counts as unlisted and without an event. */
export const taskKinds: Readonly<Record<string, TaskKind>> = kinds

/** The members of an event that contain a task for which a step waits. */
export type EventMember = Extract<(typeof kinds)[keyof typeof kinds], { event: unknown }>['event']['member']

function completed<N extends string>(name: N) {
  return { EventType: `${name}Complete`, member: `${name}CompleteEvent` } as const
}

/** One kind of task that a submission makes. */
export interface MadeTask {
  /** The member of the response with its id or ids. */
  readonly member: string
  readonly TaskType: string
  /** VOD omits the member if no such task was asked for. Any other member is always present, even if only as `""`. */
  readonly mayBeAbsent?: true
}

export interface AsyncAction {
  readonly tasks: readonly MadeTask[]
  /** The time for which VOD refuses a repeated SessionId, in ms. */
  readonly dedupWindowMs: number
  readonly rate: RateClass
  /**
   * The place where the tasks of an earlier send are found after a duplicate: the `listing`, or the new `media`, whose
   * SourceContext identifies the step. `none`: only an event can name them, and without an event the outcome is `unknown`.
   */
  readonly found: 'listing' | 'media' | 'none'
}

const one = (TaskType: string): readonly MadeTask[] => [{ member: 'TaskId', TaskType }]

/** The asynchronous actions that are steps. CONTRIBUTING.md lists what a new one needs. */
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

/** Returns the name of the step of an action, which is also the workflow type of its runs. */
export function stepNameOf(action: SubmitAction): string {
  return `${action.charAt(0).toLowerCase()}${action.slice(1)}`
}
