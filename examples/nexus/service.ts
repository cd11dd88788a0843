import { operation, service } from 'nexus-rpc'
import type { Outcome, RunInput } from 'vodflow/workflows'

/** What is to be done. `report` names a workflow of the media team, so it is not for others. */
export type Job = Omit<RunInput, 'report'>

/** What the media team offers, and all that other teams share with it. */
export const mediaService = service('media', {
  /** Resolves when VOD has done the work. Asking again for the same media and procedure gives the same job. */
  processMediaByProcedure: operation<Job, Outcome>(),
})

/** Name of the Nexus endpoint, as the other teams know it. */
export const mediaEndpoint = 'media'
