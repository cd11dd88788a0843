import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Vodflow } from 'vodflow'
import type { publish } from './workflows.js'

/**
 * Starts the pipeline of a media file once. A second start returns the existing run, even after it has ended.
 * Another `take` is another run, and VOD bills it again. The workflow id must contain every argument that varies, because Temporal does not
 * compare the arguments of a second start. Add each new argument to it.
 */
export async function startPublish({ client }: Vodflow, FileId: string, take?: string) {
  const workflowId = ['publish', FileId, ...(take === undefined ? [] : [take])].join('/')
  try {
    const handle = await client.workflow.start<typeof publish>('publish', {
      workflowId,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      taskQueue: 'pipelines',
      args: [FileId, 'TranscodeAndSnapshot'],
    })
    return { handle, isNew: true }
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    return { handle: client.workflow.getHandle<typeof publish>(workflowId), isNew: false }
  }
}
