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
import { RequestMismatchError, requireSameRequest, workflowIdOf } from 'vodflow'
import type { Outcome } from 'vodflow/workflows'
import { type Job, mediaService } from './service.js'

const jobWith = (workflowIdConflictPolicy: 'FAIL' | 'USE_EXISTING') =>
  new WorkflowRunOperationHandler<Job, Outcome>((context, job) =>
    startWorkflow(context, 'processMediaByProcedure', {
      workflowId: idOf(job),
      taskQueue: 'vodflow',
      args: [job],
      workflowIdConflictPolicy,
      // After its end, no new run: that would be a new task, which VOD bills.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    }),
  )

const newJob = jobWith('FAIL')
/** While it runs, a second caller waits for the same run. */
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
  // A caller only lets go. The handler's own cancel would end the run, and with it the wait of every other caller.
  async cancel() {},
}

/** Served by a worker in the media team's namespace. */
export const mediaHandler = serviceHandler(mediaService, { processMediaByProcedure })

/** It names a workflow to signal: other teams could send signals to any of the media team. */
function refuseReport(job: Job): void {
  if (!Object.hasOwn(Object(job), 'report')) return
  throw new HandlerError('BAD_REQUEST', "report: is for the media team's own batches; leave it out")
}

/** The id that vodflow's own client makes: whoever asks, by whichever door, finds the same run. */
function idOf(job: Job): string {
  try {
    return workflowIdOf(job)
  } catch (cause) {
    // Any other error is taken for a passing one: Temporal would ask again for as long as the caller waits.
    const message = 'request: missing or not complete; give { request: { ProcedureName, FileId } }'
    throw new HandlerError('BAD_REQUEST', message, { cause })
  }
}

function unlessExists(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
}

/** With another request the outcome of the run is not an answer. The values stay with the media team. */
async function refuseOther(workflowId: string, job: Job): Promise<void> {
  try {
    await requireSameRequest(getClient(), workflowId, job)
  } catch (cause) {
    if (!(cause instanceof RequestMismatchError)) throw cause
    const fields = cause.differences.map(({ field }) => field).join(', ')
    const message = `${workflowId} was started with another request: it differs in ${fields}; send the same request, or give an idempotencyKey of its own`
    throw new HandlerError('BAD_REQUEST', message)
  }
}

async function outcomeOfEnded(workflowId: string): Promise<Outcome> {
  try {
    return await getClient().workflow.getHandle(workflowId).result()
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    // Never `canceled`, even if the run was: this caller's workflow would believe that it was itself.
    const message = `${workflowId} has ended: ${error.cause?.message ?? error.message}`
    throw new OperationError('failed', message, { cause: error.cause })
  }
}
