import type { Client } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent

/** The history of an execution from its start, page by page: stop when you have seen enough. */
export async function* historyPages(
  { workflowService, options: { namespace } }: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  maximumPageSize?: number,
): AsyncGenerator<readonly HistoryEvent[]> {
  let nextPageToken: Uint8Array | undefined
  do {
    const page = await workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
      ...(maximumPageSize === undefined ? {} : { maximumPageSize }),
      ...(nextPageToken ? { nextPageToken } : {}),
    })
    yield page.history?.events ?? []
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined
  } while (nextPageToken)
}
