import type { Client } from '@temporalio/client'
import { type HistoryEvent, historyPages } from './historyPages.js'

/** The start of an execution, from its history until the end of the first workflow task. */
export interface Beginning {
  /** The event that ended the first workflow task. Absent if no worker has taken the task. */
  readonly firstTaskEnd?: HistoryEvent['eventId']
  /** True if the execution was canceled before, so that a reset to its start would be canceled too. */
  readonly canceled: boolean
  /** True if it follows an execution of the same chain, which may have made tasks. */
  readonly follows: boolean
}

const unread: Beginning = { canceled: false, follows: false }

/** Reads the start of an execution. It may take several pages, because thousands of signals can precede the first workflow task. */
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

/** @param before - the result of earlier events */
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

/** Returns true if an execution that has ended made no task, and a reset to its start would make none either. */
export function neverBegan({ firstTaskEnd, canceled, follows }: Beginning): boolean {
  return !follows && (canceled || !firstTaskEnd)
}
