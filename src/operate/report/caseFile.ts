import type { GateView } from '../../contract/gates.js'
import type { BatchFile } from './batchFile.js'
import type { OutputFacts, ShownOutcome, ShownTask, ShownVerdict } from './schemas.js'

/** Everything that Temporal has about an id, e.g. of a media file. It holds what a support ticket needs. */
export interface CaseFile {
  /** Version of this format. */
  readonly v: 1
  /** The id of the request for this file. */
  readonly id: string
  /** ISO 8601. */
  readonly madeAt: string
  /** Version of vodflow that made this file. */
  readonly vodflow: string
  /** Runs, the latest first. */
  readonly runs: readonly RunFile[]
  /** Number of older runs that were left out. */
  readonly omitted: number
}

/** One workflow execution, read from its history, without its worker. */
export interface RunFile {
  readonly workflowId: string
  readonly runId: string
  /** Workflow type. */
  readonly type: string
  readonly status: RunStatus
  /** ISO 8601, like every time in this file. */
  readonly startedAt: string
  readonly closedAt?: string
  /** Identity of the client that started it. */
  readonly startedBy: string
  /** The page of the run in the Temporal UI, if its address is known. */
  readonly uiUrl?: string
  /** Every argument of the workflow. */
  readonly input: readonly unknown[]
  /** The reason of a rerun. */
  readonly reason?: string
  /** The outcome of a run of one step. */
  readonly outcome?: ShownOutcome
  /** The result of any other workflow that has completed. */
  readonly result?: unknown
  readonly failure?: Failure
  /** The run ended before any of its code ran. */
  readonly neverBegan?: true
  /** What went wrong, the worst first. */
  readonly problems: readonly RunProblem[]
  /** The review gates that wait for a person, as the worker of the run shows them. Absent if there are none, or no worker answered. */
  readonly gates?: readonly GateView[]
  /** The items of a batch. */
  readonly batch?: BatchFile
  /** Every submission of all steps. */
  readonly submissions: readonly SubmissionFile[]
  /** The last reading of each of VOD's tasks. */
  readonly tasks: readonly ShownTask[]
  /** What the sub-tasks made, and what they should have made. */
  readonly outputs: readonly OutputFile[]
  /** Every moderation verdict, by task, in the order in which they were read. */
  readonly verdicts: readonly VerdictRow[]
  /** The timeline of the run. */
  readonly moments: readonly Moment[]
  /** Number of events in the history. */
  readonly events: number
}

export type RunStatus =
  | 'running'
  | 'completed'
  | 'failed'
  | 'canceled'
  | 'terminated'
  | 'timed out'
  | 'continued as new'

export interface SubmissionFile {
  readonly at: string
  /** The API action. */
  readonly action: string
  /** Names the step within its chain. */
  readonly key: string
  /** Number of the submission, from 1. */
  readonly attempt: number
  /** The calls that sent it, by the numbers of their events in Temporal's history. After a lost answer, a second call sends it again. */
  readonly calls: readonly number[]
  /** Number of requests with its SessionId. */
  readonly sends: number
  /** Absent while VOD has not answered. */
  readonly SessionId?: string
  /** `open` while VOD has not answered. */
  readonly cameTo: 'accepted' | 'duplicate' | 'doubtful' | 'refused' | 'open'
  readonly TaskIds: readonly string[]
  readonly requestId?: string
}

/** A verdict of one task. */
export type VerdictRow = ShownVerdict & Pick<ShownTask, 'TaskId' | 'FileId'>

/** The output of one sub-task. */
export interface OutputFile {
  /** Absent for an output that only the media file shows. */
  readonly TaskId?: string | undefined
  /** Id of the media file that the task works on. Absent if VOD shows none. */
  readonly FileId?: string | undefined
  readonly Type: string
  readonly Definition?: number
  /** `missing`: it should be there. `open`: its task has not ended. */
  readonly status: 'made' | 'missing' | 'open'
  /** The reason why it is missing. */
  readonly why?: string
  readonly facts: OutputFacts
  readonly files: readonly MediaFile[]
}

/** One URL of an output. */
export interface MediaFile {
  readonly url: string
  /** Path of the copy, relative to the case file. */
  readonly copy?: string
  /** Size of the copy, in bytes. */
  readonly bytes?: number
  /** The reason why it could not be copied. If there is a copy anyway, it is from an earlier report. */
  readonly copyProblem?: string
}

/** One thing that went wrong. */
export interface RunProblem {
  readonly what: string
  /** Empty if nobody said why. */
  readonly why: string
  readonly remedy?: string
  readonly TaskId?: string | undefined
  readonly requestId?: string
}

/** One line of the timeline. `what` describes it for people, the other fields are for programs. */
export type Moment = {
  readonly at: string
  /** Number of the event in Temporal's history. */
  readonly eventId: number
  readonly what: string
} & (
  | { readonly kind: 'run' | 'problem' }
  | {
      readonly kind: 'call'
      /** Activity type, usually the API action. */
      readonly activity: string
      /** Summary of the activity: the reason for the call. */
      readonly why: string
      readonly state: 'open' | 'answered' | 'failed' | 'canceled'
      /** Number of attempts. */
      readonly attempts: number
      /** Time from its scheduling to its end, ms. */
      readonly tookMs?: number
      readonly TaskId?: string
      readonly requestId?: string
      /** The failure of the last attempt that failed. A call that was answered may have failed before. */
      readonly failure?: Failure
    }
  | {
      /** A reason to read a task: an event that was pushed or pulled, or the sweep. */
      readonly kind: 'hint'
      readonly via: string
      readonly TaskId: string
      readonly terminal: boolean
    }
  | {
      readonly kind: 'wait'
      readonly until: string
      /** `open` in a run that has ended: nothing waits for it any more. */
      readonly state: 'open' | 'over' | 'canceled'
      /** The review gate that waits. */
      readonly gate?: string
    }
  | {
      /** A person decided at a review gate, or its deadline passed. */
      readonly kind: 'decision'
      readonly gate: string
      readonly decidedBy: 'person' | 'deadline'
      /** The person, or `deadline`. */
      readonly by: string
      readonly decision: 'approved' | 'rejected'
      readonly reason: string
    }
  | { readonly kind: 'signal'; readonly name: string; readonly from: string }
  | { readonly kind: 'child'; readonly workflowId: string; readonly type: string }
)

export type CallMoment = Extract<Moment, { kind: 'call' }>

export interface Failure {
  readonly message: string
  /** The class of a VOD error. */
  readonly type?: string
  /** The code of a VOD error. */
  readonly code?: string
  readonly requestId?: string
  readonly remedy?: string
  /** The failure is expected and not a problem, e.g. a read that is left to another worker. */
  readonly benign?: true
}
