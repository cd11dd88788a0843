import type { ApiCall, VodClient } from '../../vod/client.js'

/** What is asked of a real sub-app. */
export interface Target {
  readonly SubAppId: number | undefined
  /** A short video that may be processed. */
  readonly FileId: string
  /** A template that may be run on it. */
  readonly ProcedureName: string
}

/** What questions share: who asks, and what the one submission made. */
export interface Scene extends Target {
  readonly vod: VodClient
  /** Of the submission; not used before, and never again. */
  SessionId: string
  /** Of the submission. */
  readonly SessionContext: string
  /** When the probe began, ms since the epoch. */
  readonly beganAt: number
  /** How long a listing may lag, ms. */
  readonly searchMs: number
  /** Every SessionId that was sent with a template that exists. */
  readonly sent: Set<string>
  /** Every task that VOD said to have made, wanted or not: they are billed. */
  readonly made: Set<string>
  /** A submission ended without an answer that proves anything: there may be tasks that nobody named. */
  doubtful: boolean
  /** Set by the question that submits. */
  submitted?: { readonly sentAt: number; readonly TaskId: string; readonly ReviewAudioVideoTaskId: string }
  readonly signal: AbortSignal
}

export interface Seen {
  /** Undefined: it could not be told. */
  readonly asAssumed: boolean | undefined
  /** What VOD did, without what is secret or long. */
  readonly saw: string
}

export interface Question {
  readonly id: string
  readonly asks: string
  /** What vodflow and the local VOD take for true. */
  readonly assumed: string
  /** What relies on it, and what it would cost if it were otherwise. */
  readonly matters: string
  /** `nothing`: free. `task`: reads or repeats the one submission, which is billed. */
  readonly needs: 'nothing' | 'task' | 'review'
  ask(scene: Scene): Promise<Seen>
}

export interface Answer {
  readonly id: string
  readonly answer: 'as assumed' | 'otherwise' | 'not answered'
  readonly saw: string
  readonly calls: readonly Pick<ApiCall, 'action' | 'code' | 'requestId'>[]
}
