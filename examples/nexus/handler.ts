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
import { workflowIdOf } from 'vodflow'
import type { Outcome, RunInput } from 'vodflow/workflows'
import { mediaService } from './service.js'

/** Starts the job, or attaches to the one that is running. */
const job = new WorkflowRunOperationHandler<RunInput, Outcome>((context, input) =>
  startWorkflow(context, 'processMediaByProcedure', {
    workflowId: idOf(input),
    taskQueue: 'vodflow',
    args: [input],
    // While it runs, a second caller waits for the same run.
    workflowIdConflictPolicy: 'USE_EXISTING',
    // After its end, no new run: that would be a new task, which VOD bills.
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
  }),
)

const processMediaByProcedure: OperationHandler<RunInput, Outcome> = {
  async start(context, input) {
    try {
      return await job.start(context, input)
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      return HandlerStartOperationResult.sync(await outcomeOfEnded(error.workflowId))
    }
  },
  // A caller only lets go. The handler's own cancel would end the run, and with it the wait of every other caller.
  async cancel() {},
}

/** Served by a worker in the media team's namespace. */
export const mediaHandler = serviceHandler(mediaService, { processMediaByProcedure })

/** The id that vodflow's own client makes: whoever asks, by whichever door, finds the same run. */
function idOf(input: RunInput): string {
  try {
    return workflowIdOf(input)
  } catch (cause) {
    // Any other error is taken for a passing one: Temporal would ask again for as long as the caller waits.
    const message = 'request: missing or not complete; give { request: { ProcedureName, FileId } }'
    throw new HandlerError('BAD_REQUEST', message, { cause })
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
