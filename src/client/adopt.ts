import type { Client } from '@temporalio/client'
import type { AdoptInput } from '../contract/stepInput.js'
import { Unreadable } from '../temporal/executions.js'
import type { Execution } from '../temporal/executionsOf.js'
import { firstArgument } from '../temporal/startedWith.js'
import { RequestMismatchError, UnreadableError } from './errors.js'

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

/**
 * Checks that a run waits for the task in this account: its workflow id names the application only.
 *
 * @throws RequestMismatchError when it waits for it in another account
 * @throws UnreadableError when the client has another data converter than the one that started the run
 */
export async function requireSameAccount(
  client: Client,
  run: Pick<Execution, 'workflowId' | 'runId'>,
  { account: is = 'default' }: AdoptInput,
): Promise<void> {
  const input = await firstArgument(client, run)
  if (input instanceof Unreadable) throw new UnreadableError(run.workflowId, input.problem)
  const was = accountOfAdopted(input)
  if (was === is) return
  const difference = { field: 'account', was: JSON.stringify(was), is: JSON.stringify(is) }
  throw new RequestMismatchError(run.workflowId, [difference])
}

/** The account of a run that waits for an adopted task, from what it was started with. */
export function accountOfAdopted(input: unknown): string {
  const { account = 'default' } = Object(input) as Partial<AdoptInput>
  return account
}
