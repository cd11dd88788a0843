import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { runType } from '../contract/runNames.js'
import { executionsIn } from '../temporal/executions.js'
import { missingSearchAttributes } from '../temporal/searchAttributes.js'
import { listRuns } from './list.js'
import type { Plan } from './plan.js'
import { workflowIdFor } from './workflowId.js'

/** Maximum number of runs of one media file that are checked. */
const most = 100

/**
 * Returns the run that may do the same work: one of the two names the sub-app, the other means it as the account's default application.
 * Only VOD knows whether both are the same. If this plan has no SubAppId, the other run is found by FileId, which needs vodflow's search
 * attributes.
 */
export async function twinOf(client: Client, plan: Plan): Promise<string | undefined> {
  const { workflowId, input } = plan
  if (workflowId !== workflowIdFor(input)) return undefined
  const { FileId, SubAppId, ProcedureName } = input.request
  const idWith = (SubAppId: number | undefined) =>
    workflowIdFor({ ...input, request: { ...input.request, SubAppId } })
  if (SubAppId !== undefined) return (await exists(client, idWith(undefined))) ? idWith(undefined) : undefined
  if (!FileId || (await missingSearchAttributes(client)).length > 0) return undefined
  for await (const { workflowId, request } of listRuns(client, {
    type: runType,
    FileId,
    ProcedureName,
    limit: most,
  })) {
    if (request?.SubAppId !== undefined && workflowId === idWith(request.SubAppId)) return workflowId
  }
  return undefined
}

/** Emits a warning that both runs are billed. */
export function warnOfTwin(workflowId: string, twin: string | undefined): void {
  if (twin === undefined) return
  process.emitWarning(
    `${workflowId} and ${twin} are two runs of one media file, and VOD bills tasks for both, if the SubAppId is that of the account's default application: pass SubAppId in every call, or in none`,
    { type: 'VodflowWarning', code: 'VODFLOW_TWO_RUNS' },
  )
}

async function exists(client: Client, workflowId: string): Promise<boolean> {
  try {
    await executionsIn(client).getHandle(workflowId).describe()
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
