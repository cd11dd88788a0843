import type { ShownOutcome, ShownTask, ShownVerdict } from './schemas.js'

/** Everything that Temporal knows of one media file, or of whatever an id means: what a ticket needs. */
export interface CaseFile {
  /** Format of this file. */
  readonly v: 1
  /** The id that was asked for. */
  readonly id: string
  /** ISO 8601. */
  readonly madeAt: string
  /** Version of vodflow that made it. */
  readonly vodflow: string
  /** The latest first. */
  readonly runs: readonly RunFile[]
  /** Older runs that are not in it. */
  readonly omitted: number
}

/** One workflow execution, read from its history: no worker is asked. */
export interface RunFile {
  readonly workflowId: string
  readonly runId: string
  /** Workflow type. */
  readonly type: string
  readonly status: RunStatus
  /** ISO 8601, like every time here. */
  readonly startedAt: string
  readonly closedAt?: string
  /** Identity of the client that started it. */
  readonly startedBy: string
  /** The page of the run in the Temporal UI, where its address is known. */
  readonly uiUrl?: string
  /** Every argument that it was started with. */
  readonly input: readonly unknown[]
  /** Why it was run again. */
  readonly reason?: string
  /** Of a step. */
  readonly outcome?: ShownOutcome
  /** Of any other workflow that ended well. */
  readonly result?: unknown
  readonly failure?: Failure
  /** It ended before any of its code ran. */
  readonly neverBegan?: true
  /** Every submission, also of several steps. */
  readonly submissions: readonly SubmissionFile[]
  /** VOD's tasks as they were read last. */
  readonly tasks: readonly ShownTask[]
  readonly outputs: readonly OutputFile[]
  /** Every verdict of moderation, task by task, in the order in which they were read. */
  readonly verdicts: readonly Verdict[]
  /** What happened, in order. */
  readonly moments: readonly Moment[]
  /** Events in the history. */
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
  /** How often it was sent under its one SessionId. */
  readonly sends: number
  readonly SessionId: string
  /** `open` while VOD has not answered. */
  readonly cameTo: 'accepted' | 'duplicate' | 'doubtful' | 'refused' | 'open'
  readonly TaskIds: readonly string[]
  readonly requestId?: string
}

/** A verdict of one task. */
export interface Verdict extends ShownVerdict {
  readonly TaskId: string
  readonly FileId: string
}

/** One URL of a sub-task's output. */
export interface OutputFile {
  readonly TaskId: string
  readonly Type: string
  readonly Definition?: number
  readonly url: string
  /** A copy of it, relative to the case file. */
  readonly copy?: string
  /** Why none could be made; where there is one all the same, it is from an earlier report. */
  readonly copyProblem?: string
}

/** One line of the timeline. `what` says it for a person, the rest for a program. */
export type Moment = {
  readonly at: string
  /** Number of the event in Temporal's history. */
  readonly eventId: number
  readonly what: string
} & (
  | { readonly kind: 'run' | 'problem' }
  | {
      readonly kind: 'call'
      /** Activity type: mostly the API action. */
      readonly activity: string
      /** Its summary: why it was made. */
      readonly why: string
      readonly state: 'open' | 'answered' | 'failed' | 'canceled'
      /** How often it was tried. */
      readonly attempts: number
      /** From its being scheduled to its end, ms. */
      readonly tookMs?: number
      readonly TaskId?: string
      readonly requestId?: string
      /** Of the last try that failed: of a call that answered in the end, the one before. */
      readonly failure?: Failure
    }
  | {
      /** Somebody said "look at this task": an event that VOD pushed, one that was pulled, or the sweep. */
      readonly kind: 'hint'
      readonly via: string
      readonly TaskId: string
      readonly terminal: boolean
    }
  | { readonly kind: 'wait'; readonly until: string; readonly state: 'open' | 'over' | 'canceled' }
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

export type Call = Extract<Moment, { kind: 'call' }>

export interface Failure {
  readonly message: string
  /** Of a VOD error its class. */
  readonly type?: string
  /** Of a VOD error. */
  readonly code?: string
  readonly requestId?: string
  readonly remedy?: string
  /** It is how things usually go, and no problem: e.g. a read that is left to another worker. */
  readonly benign?: true
}
