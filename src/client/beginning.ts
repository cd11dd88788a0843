import type { Client } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'

/** What the history of an execution says of the time until its first workflow task ended. */
export interface Beginning {
  /** The event that ended that task: none where no worker has taken it. */
  readonly firstTaskEnd: temporal.api.history.v1.IHistoryEvent['eventId']
  /** It was canceled before: whatever runs it from its start is canceled too. */
  readonly canceled: boolean
  /** It follows an execution of the same chain, which may have made tasks. */
  readonly follows: boolean
}

/** Signals may come before the first workflow task, by the thousand. */
export async function beginningOf(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<Beginning> {
  const { namespace } = client.options
  let canceled = false
  let follows = false
  let nextPageToken: Uint8Array | undefined
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
      ...(nextPageToken ? { nextPageToken } : {}),
    })
    for (const event of page.history?.events ?? []) {
      const { workflowExecutionStartedEventAttributes: started } = event
      if (started) follows = Boolean(started.continuedExecutionRunId)
      if (event.workflowExecutionCancelRequestedEventAttributes) canceled = true
      const ended =
        event.workflowTaskCompletedEventAttributes ??
        event.workflowTaskFailedEventAttributes ??
        event.workflowTaskTimedOutEventAttributes
      if (ended) return { firstTaskEnd: event.eventId, canceled, follows }
    }
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined
  } while (nextPageToken)
  return { firstTaskEnd: undefined, canceled, follows }
}
