import { WorkflowFailedError } from '@temporalio/client'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { getClient, startWorkflow, WorkflowRunOperationHandler } from '@temporalio/nexus'
import {
  HandlerError,
  HandlerStartOperationResult,
  OperationError,
  type OperationHandler,
  serviceHandler,
} from 'nexus-rpc'
import { RequestMismatchError, requireSameRequest, workflowIdFor } from 'vodflow'
import type { Outcome } from 'vodflow/workflows'
import { type Job, mediaService } from './service.js'

const jobWith = (workflowIdConflictPolicy: 'FAIL' | 'USE_EXISTING') =>
  new WorkflowRunOperationHandler<Job, Outcome>((context, job) =>
    startWorkflow(context, 'processMediaByProcedure', {
      workflowId: idOf(job),
      taskQueue: 'vodflow',
      args: [job],
      workflowIdConflictPolicy,
      // A new run after its end would create a new task, which VOD bills.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    }),
  )

const newJob = jobWith('FAIL')
/** A second caller waits for the same run while it is open. */
const sharedJob = jobWith('USE_EXISTING')

const processMediaByProcedure: OperationHandler<Job, Outcome> = {
  async start(context, job) {
    refuseReport(job)
    const workflowId = idOf(job)
    try {
      return await newJob.start(context, job)
    } catch (error) {
      unlessExists(error)
    }
    await refuseOther(workflowId, job)
    try {
      return await sharedJob.start(context, job)
    } catch (error) {
      unlessExists(error)
      return HandlerStartOperationResult.sync(await outcomeOfEnded(workflowId))
    }
  },
  // A canceled caller only stops waiting. The default cancel would end the run for every other caller, too.
  async cancel() {},
}

/** A worker in the media team's namespace serves this handler. */
export const mediaHandler = serviceHandler(mediaService, { processMediaByProcedure })

/** `report` names a workflow to signal, so other teams could signal any workflow of the media team. */
function refuseReport(job: Job): void {
  if (!Object.hasOwn(Object(job), 'report')) return
  throw new HandlerError('BAD_REQUEST', "report: is for the media team's own batches; leave it out")
}

/** Returns the id that vodflow's own client computes, so that every caller finds the same run. */
function idOf(job: Job): string {
  try {
    return workflowIdFor(job)
  } catch (cause) {
    // Temporal treats any other error as temporary, and would retry for as long as the caller waits.
    const message = 'request: missing or incomplete; pass { request: { ProcedureName, FileId } }'
    throw new HandlerError('BAD_REQUEST', message, { cause })
  }
}

function unlessExists(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
}

/** Refuses a request that differs from that of the run. The error names the fields but keeps their values from other teams. */
async function refuseOther(workflowId: string, job: Job): Promise<void> {
  try {
    await requireSameRequest(getClient(), workflowId, job)
  } catch (cause) {
    if (!(cause instanceof RequestMismatchError)) throw cause
    const fields = cause.differences.map(({ field }) => field).join(', ')
    const message = `${workflowId} was started with another request: it differs in ${fields}; send the same request, or pass a different idempotencyKey`
    throw new HandlerError('BAD_REQUEST', message)
  }
}

async function outcomeOfEnded(workflowId: string): Promise<Outcome> {
  try {
    return await getClient().workflow.getHandle(workflowId).result()
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    // Never `canceled`, even if the run was canceled, because the caller's workflow would treat that as its own cancellation.
    const message = `${workflowId} has ended: ${error.cause?.message ?? error.message}`
    throw new OperationError('failed', message, { cause: error.cause })
  }
}
