import { z } from 'zod'
import { duration } from './durationSchema.js'
import type { EmulatorSwitches } from './switches.js'

/** The schema of switches that a user gives. */
export const SwitchChanges = z.strictObject({
  dedupBeforeValidation: z.boolean().exactOptional(),
  failedValidationUsesSessionId: z.boolean().exactOptional(),
  acceptTime: duration().exactOptional(),
  twinInFlight: z.enum(['InvalidParameterValue.SessionId', 'InternalError']).exactOptional(),
  listingLag: duration(60_000).exactOptional(),
  reviewListingLag: duration(60_000).exactOptional(),
  reviewWithoutSessionId: z.boolean().exactOptional(),
  reviewWithoutFinishTime: z.boolean().exactOptional(),
  abortWithoutEvent: z.boolean().exactOptional(),
  signPlace: z.enum(['body', 'query', 'header']).exactOptional(),
  oldTaskCode: z.enum(['InvalidParameterValue.TaskId', 'ResourceNotFound']).exactOptional(),
  noneSilencesReview: z.boolean().exactOptional(),
  detailLag: duration().exactOptional(),
  ignoreSkew: z.boolean().exactOptional(),
}) satisfies z.ZodType<Partial<EmulatorSwitches>, Partial<EmulatorSwitches>>
