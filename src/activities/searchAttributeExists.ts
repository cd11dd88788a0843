import { activityInfo, getClient } from './sdk.js'

/** Temporal's enum IndexedValueType. */
const datetime = 6

/**
 * Whether the namespace has a search attribute of this name that takes a time. A run that sets one that is not
 * there would be held up for ever; without this answer it goes on unmarked.
 */
export async function searchAttributeExists(name: string): Promise<boolean> {
  const { operatorService } = getClient().connection
  const { customAttributes } = await operatorService.listSearchAttributes({
    namespace: activityInfo().workflowNamespace ?? 'default',
  })
  return customAttributes?.[name] === datetime
}
