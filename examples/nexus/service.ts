import { operation, service } from 'nexus-rpc'
import type { Outcome, RunInput } from 'vodflow'

/** What the media team offers to others: a contract, and no code. */
export const mediaService = service('media', {
  processMediaByProcedure: operation<RunInput, Outcome>(),
})
