import { startWorkflow, WorkflowRunOperationHandler } from '@temporalio/nexus'
import { serviceHandler } from 'nexus-rpc'
import { type Outcome, type RunInput, workflowIdOf } from 'vodflow'
import { mediaService } from './service.js'

/**
 * Runs in the media team's namespace, beside its workers. The workflow id is made of the request, so that two teams that ask for
 * the same work get the same run: it is started once, and both are told its outcome.
 */
export const mediaHandler = serviceHandler(mediaService, {
  processMediaByProcedure: new WorkflowRunOperationHandler<RunInput, Outcome>((context, input) =>
    startWorkflow(context, 'processMediaByProcedure', {
      args: [input],
      taskQueue: 'vodflow',
      workflowId: workflowIdOf(input),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  ),
})
