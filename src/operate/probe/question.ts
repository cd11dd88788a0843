import type { ApiCall, VodClient } from '../../vod/client.js'

/** The sub-app, video and template for a probe. */
export interface ProbeTarget {
  readonly SubAppId: number | undefined
  /** A short video that may be processed. */
  readonly FileId: string
  /** A template that may be run on it. */
  readonly ProcedureName: string
}

/** The state that questions share: the client, the one submission and its tasks. */
export interface Scene extends ProbeTarget {
  readonly vod: VodClient
  /** The SessionId of the submission. It is new, and is never used again. */
  SessionId: string
  /** The SessionContext of the submission. */
  readonly SessionContext: string
  /** Time at which the probe started, ms since the epoch. */
  readonly beganAt: number
  /** Maximum lag of a listing, ms. */
  readonly searchMs: number
  /** Every SessionId that was sent with a template that exists. */
  readonly sent: Set<string>
  /** Every task that VOD reported as made, intended or not. All are billed. */
  readonly made: Set<string>
  /** True if a submission ended without a conclusive answer, so that there may be unknown tasks. */
  doubtful: boolean
  /** The submission. The question that submits sets it. */
  submitted?: { readonly sentAt: number; readonly TaskId: string; readonly ReviewAudioVideoTaskId: string }
  readonly signal: AbortSignal
}

export interface ProbeFinding {
  /** Undefined if the question could not be answered. */
  readonly asAssumed: boolean | undefined
  /** VOD's behavior, without secrets and long values. */
  readonly saw: string
}

export interface ProbeQuestion {
  readonly id: string
  readonly asks: string
  /** The assumption of vodflow and the local VOD. */
  readonly assumed: string
  /** The code that relies on the assumption, and the cost if it is wrong. */
  readonly matters: string
  /** `nothing`: free. `task`: needs the one submission, which is billed. `review`: needs its moderation too. */
  readonly needs: 'nothing' | 'task' | 'review'
  ask(scene: Scene): Promise<ProbeFinding>
}

export interface Answer {
  readonly id: string
  readonly answer: 'as assumed' | 'otherwise' | 'not answered'
  readonly saw: string
  readonly calls: readonly Pick<ApiCall, 'action' | 'code' | 'requestId'>[]
}
