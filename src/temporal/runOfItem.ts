import type { Client } from '@temporalio/client'
import { type ItemWork, isWork } from '../contract/itemWork.js'
import { runType } from '../contract/runNames.js'
import { Unreadable } from './executions.js'
import { type Execution, executionsOf } from './executionsOf.js'
import { asStartRequest, type StartRequest, startOf } from './startOf.js'

/**
 * Returns the latest run of a workflow id that does the work of an item. The batch has started it, or an operator has started it since. It
 * skips later runs under the id that do other work.
 *
 * @returns `other` if all runs of the id do other work; {@link Unreadable} if the input of a later run cannot be read; undefined if
 *   Temporal has no run of the id
 */
export async function runOfItem(
  client: Client,
  workflowId: string,
  work: ItemWork,
): Promise<Execution | 'other' | Unreadable | undefined> {
  let found: 'other' | undefined
  for await (const run of executionsOf(client, workflowId)) {
    const start = run.type === runType ? await startOf(client, run) : { args: [] }
    if (start instanceof Unreadable) return start
    // The listing may still have a run that Temporal has deleted.
    if (!start) continue
    const asked = asStartRequest(start.args[0])
    if (asked && isWork(workOf(asked), work)) return run
    found = 'other'
  }
  return found
}

function workOf({ request, account = 'default' }: StartRequest) {
  const { FileId, ProcedureName, SubAppId } = request
  return { account, FileId, ProcedureName, SubAppId }
}
