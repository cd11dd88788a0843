import type { Client } from '@temporalio/client'
import { placeIn } from '../contract/runNames.js'
import type { AdoptInput } from '../contract/stepInput.js'
import type { Execution } from '../temporal/executionsOf.js'
import { readStart } from './earlierRun.js'
import { RequestMismatchError } from './errors.js'

/** The task to take over. */
export type AdoptRequest = Pick<AdoptInput, 'TaskId' | 'SubAppId'>

/** Options of `Vodflow.adopt`. */
export interface AdoptOptions {
  /** Default `vod/<SubAppId>/task:<TaskId>`, without a SubAppId `vod/task:<TaskId>` or `vod/account:<alias>/task:<TaskId>`. */
  readonly workflowId?: string | undefined
  /** Alias of the Tencent account. Default: that of `connect`. */
  readonly account?: string | undefined
  /** Delays between reads of the task. */
  readonly delays?: AdoptInput['delays'] | undefined
  /** `false` starts the run even if no worker is available. Default `true`. */
  readonly requireWorker?: boolean | undefined
  /** Aborts the call, but not a run that it has started. */
  readonly signal?: AbortSignal | undefined
}

/** Returns the default workflow id. Every caller gets the same id for a task, so that a task has one run. */
export function adoptIdOf(input: AdoptInput): string {
  return `vod/${placeIn(input)}task:${input.TaskId}`
}

/**
 * Checks that a run waits for the task in this account. The workflow id does not say so, because it names the application only.
 *
 * @throws RequestMismatchError if the run waits for the task in another account
 * @throws UnreadableError if the run was started with another data converter than the one of this client
 */
export async function requireSameAccount(
  client: Client,
  run: Pick<Execution, 'workflowId' | 'runId'>,
  { account: is = 'default' }: AdoptInput,
): Promise<void> {
  const was = accountOfAdopted((await readStart(client, run))?.args[0])
  if (was === is) return
  const difference = { field: 'account', was: JSON.stringify(was), is: JSON.stringify(is) }
  throw new RequestMismatchError(run.workflowId, [difference])
}

/** Returns the account of a run that waits for an adopted task, from the input of the run. */
export function accountOfAdopted(input: unknown): string {
  const { account = 'default' } = Object(input) as Partial<AdoptInput>
  return account
}
