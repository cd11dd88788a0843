import { activityInfo, getClient } from './sdk.js'

/** The value of Datetime in Temporal's enum IndexedValueType. */
const datetime = 6

/**
 * Returns true if the namespace has a search attribute of this name and type Datetime. A run that sets a missing
 * attribute would be stuck forever. If the answer is false, the run continues without it.
 */
export async function searchAttributeExists(name: string): Promise<boolean> {
  const { operatorService } = getClient().connection
  const { customAttributes } = await operatorService.listSearchAttributes({
    namespace: activityInfo().workflowNamespace ?? 'default',
  })
  return customAttributes?.[name] === datetime
}
