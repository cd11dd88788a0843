import { operation, service } from 'nexus-rpc'
import type { Outcome, RunInput } from 'vodflow/workflows'

/** The input of a job. `report` names a workflow of the media team, so other teams must not set it. */
export type Job = Omit<RunInput, 'report'>

/** The service of the media team, and everything that other teams share with it. */
export const mediaService = service('media', {
  /** Resolves when VOD has done the work. A second request for the same media and procedure returns the same job. */
  processMediaByProcedure: operation<Job, Outcome>(),
})

/** Name of the Nexus endpoint that the other teams use. */
export const mediaEndpoint = 'media'
