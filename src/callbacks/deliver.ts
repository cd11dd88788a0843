import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { type Hint, hintSignal } from '../vod/hint.js'
import type { StepAddress } from '../vod/token.js'

/** `no-run`: the run has ended, or is of a namespace that this process does not serve. Sending it again cannot help. */
export type Delivered = 'delivered' | 'no-run'

/** The only way in. Resolves when Temporal has the signal; rejects when it could not be reached. */
export type Deliver = (address: StepAddress, hint: Hint) => Promise<Delivered>

/** Delivers as a signal: Temporal keeps it until a worker comes. */
export function createDelivery({ client }: { readonly client: Client }): Deliver {
  return async ({ namespace, workflowId }, hint) => {
    if (namespace !== client.options.namespace) return 'no-run'
    try {
      await client.workflow.getHandle(workflowId).signal(hintSignal, hint)
      return 'delivered'
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'no-run'
      throw error
    }
  }
}
