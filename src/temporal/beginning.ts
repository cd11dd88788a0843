import type { Client } from '@temporalio/client'
import { type HistoryEvent, historyPages } from './historyPages.js'

/** What the history of an execution says of the time until its first workflow task ended. */
export interface Beginning {
  /** The event that ended that task: none where no worker has taken it. */
  readonly firstTaskEnd?: HistoryEvent['eventId']
  /** It was canceled before: whatever runs it from its start is canceled too. */
  readonly canceled: boolean
  /** It follows an execution of the same chain, which may have made tasks. */
  readonly follows: boolean
}

const unread: Beginning = { canceled: false, follows: false }

/** Signals may come before the first workflow task, by the thousand. */
export async function beginningOf(
  client: Client,
  run: { readonly workflowId: string; readonly runId: string },
): Promise<Beginning> {
  let beginning = unread
  for await (const events of historyPages(client, run)) {
    beginning = beginningIn(events, beginning)
    if (beginning.firstTaskEnd) break
  }
  return beginning
}

/** @param before - what the events before these say */
export function beginningIn(events: readonly HistoryEvent[], before: Beginning = unread): Beginning {
  let { canceled, follows } = before
  for (const event of events) {
    const { workflowExecutionStartedEventAttributes: started } = event
    if (started) follows = Boolean(started.continuedExecutionRunId)
    if (event.workflowExecutionCancelRequestedEventAttributes) canceled = true
    const ended =
      event.workflowTaskCompletedEventAttributes ??
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes
    if (ended) return { firstTaskEnd: event.eventId, canceled, follows }
  }
  return { canceled, follows }
}

/** An execution that has ended has made no task, and a reset to its start makes none either. */
export function neverBegan({ firstTaskEnd, canceled, follows }: Beginning): boolean {
  return !follows && (canceled || !firstTaskEnd)
}
