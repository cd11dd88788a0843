import type { WorkflowExecutionDescription } from '@temporalio/client'
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import { overdueAttribute } from '../contract/searchAttributes.js'

const key = defineSearchAttributeKey(overdueAttribute, SearchAttributeType.DATETIME)

/** Returns the time since which VOD no longer returns the tasks of an open run. */
export function overdueSinceOf({
  typedSearchAttributes,
  closeTime,
}: Pick<WorkflowExecutionDescription, 'typedSearchAttributes' | 'closeTime'>): Date | undefined {
  return closeTime ? undefined : typedSearchAttributes.get(key)
}
