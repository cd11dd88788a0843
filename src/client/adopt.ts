import type { AdoptInput } from '../vod/stepInput.js'

/** The task to take over. */
export type AdoptRequest = Pick<AdoptInput, 'TaskId' | 'SubAppId'>

/** How a task that somebody else started is waited for. */
export interface AdoptOptions {
  /** Default `vod/<SubAppId>/task:<TaskId>`. */
  readonly workflowId?: string
  /** Alias of the Tencent account. Default that of `connect`. */
  readonly account?: string
  /** When the task is read, ms. */
  readonly delays?: AdoptInput['delays']
  /** `false` starts the run even if no worker would do it now. Default `true`. */
  readonly requireWorker?: boolean
  /** Gives up the call, not a run that it has started. */
  readonly signal?: AbortSignal
}

/** One run for a task, whoever asks. */
export function adoptIdOf({ TaskId, SubAppId, account = 'default' }: AdoptInput): string {
  return `vod/${SubAppId ?? `account:${account}`}/task:${TaskId}`
}
