import type { ChildOptions } from '../../test/chaos/child.js'

/** How a job ended, as its caller saw it. */
export type JobEnd = { readonly ended: true } | { readonly problem: string }

/** One that does jobs, in worker processes that are killed. */
export interface Contender {
  readonly name: string
  /** How one of its workers is started. */
  worker(name: string): Pick<ChildOptions, 'args' | 'env' | 'ready'>
  /** Where callbacks go, if it takes any. */
  readonly callbacks?: Pick<ChildOptions, 'args' | 'env' | 'ready'> & { readonly url: string }
  /** Does a job; gives up waiting when told to. */
  doJob(FileId: string, id: string, signal: AbortSignal): Promise<JobEnd>
  close(): Promise<void>
}
