import type { ChildOptions } from '../../test/chaos/child.js'
import type { Account } from '../harness/account.js'

/** How a job ended, as its caller saw it. */
export type JobEnd = { readonly ended: true } | { readonly problem: string }

/** How a process of a contender is started. */
export type Start = Pick<ChildOptions, 'args' | 'env' | 'ready'>

/** One that does jobs, in worker processes that are killed. */
export interface Contender {
  readonly name: string
  /** How its worker 1 or 2 is started. */
  worker(number: 1 | 2): Start
  /** Where callbacks go, if it takes any. */
  readonly callbacks?: Start & { readonly url: string }
  /** Called when the workers are up. */
  begin?(): Promise<void>
  /** Does a job; gives up waiting when told to. */
  doJob(FileId: string, id: string, signal: AbortSignal): Promise<JobEnd>
  close(): Promise<void>
}

/** What each contender is given: the same for all. */
export interface Given {
  /** Of Temporal. */
  readonly address: string
  readonly account: Account
  /** Empty, and its own. */
  readonly directory: string
  /** Between two reads of a task, ms. */
  readonly pollMs: number
  /** Tries of a submission, or of a whole job where it is tried as a whole. */
  readonly attempts: number
  /** Jobs at once. */
  readonly atOnce: number
}
