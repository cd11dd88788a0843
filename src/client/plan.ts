import { parseRunInput, type RunInput } from '../vod/runInput.js'
import { checkSessionContext } from '../vod/token.js'
import { InputError } from './errors.js'
import { workflowIdOf } from './workflowId.js'

/** ProcessMediaByProcedure's own fields, without SessionId. */
export type ProcessRequest = RunInput['request']

export interface ProcessOptions {
  /**
   * Names the piece of work inside its run; VOD makes one task for it, however often it is sent. Default
   * `<SubAppId>/<media>/<ProcedureName>`.
   */
  readonly key?: string
  /** Default `vod/<SubAppId>/<media>/<ProcedureName>`. Give one of your own to run the same request beside itself. */
  readonly workflowId?: string
  /** Alias of the Tencent account whose credentials the worker shall use. Default that of `connect`. */
  readonly account?: string
  /** `false` when no callback is set up: the run then asks every few seconds to minutes. Default `true`. */
  readonly events?: boolean
  /** When a run looks by itself, ms; for tests and people in a hurry. */
  readonly delays?: RunInput['delays']
  /** `false` starts the run even if no worker would do it now. Default `true`. */
  readonly requireWorker?: boolean
  /** Gives up the call, not a run that it has started. */
  readonly signal?: AbortSignal
}

export interface RerunOptions extends ProcessOptions {
  /** Why it is done, and billed, once more: 1 to 500 characters. */
  readonly reason: string
}
