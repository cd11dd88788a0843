import { z } from 'zod'
import type { Fault } from '../faults.js'
import type { Switches } from '../switches.js'

/** Bodies of what is posted under `/_admin/`. */
const Laid = {
  times: z.int().positive().exactOptional(),
  probability: z.number().min(0).max(1).exactOptional(),
}
export const FaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('error'), action: z.string(), code: z.string(), ...Laid }),
  z.strictObject({ kind: z.literal('errorAfter'), action: z.string(), code: z.string(), ...Laid }),
  z.strictObject({ kind: z.literal('badGateway'), action: z.string(), ...Laid }),
  z.strictObject({ kind: z.literal('loseReply'), action: z.string(), ...Laid }),
  z.strictObject({ kind: z.literal('hang'), action: z.string(), ...Laid }),
  z.strictObject({ kind: z.literal('slow'), action: z.string(), ms: z.number().min(0), ...Laid }),
  z.strictObject({ kind: z.literal('failSubTask'), Type: z.string(), code: z.string(), ...Laid }),
  z.strictObject({ kind: z.literal('dropCallback'), ...Laid }),
  z.strictObject({ kind: z.literal('delayCallback'), ms: z.number().min(0), ...Laid }),
  z.strictObject({ kind: z.literal('doubleCallback'), ...Laid }),
  z.strictObject({ kind: z.literal('reorderCallback'), ...Laid }),
  z.strictObject({ kind: z.literal('forgeCallback'), body: z.record(z.string(), z.unknown()), ...Laid }),
]) satisfies z.ZodType<Fault, Fault>

export const SwitchChanges = z.strictObject({
  dedupBeforeValidation: z.boolean().exactOptional(),
  failedValidationUsesSessionId: z.boolean().exactOptional(),
  acceptMs: z.number().min(0).exactOptional(),
  twinInFlight: z.enum(['InvalidParameterValue.SessionId', 'InternalError']).exactOptional(),
  listingLagMs: z.number().min(0).max(60_000).exactOptional(),
  reviewListingLagMs: z.number().min(0).max(60_000).exactOptional(),
  reviewWithoutSessionId: z.boolean().exactOptional(),
  reviewWithoutFinishTime: z.boolean().exactOptional(),
  abortWithoutEvent: z.boolean().exactOptional(),
  signPlace: z.enum(['body', 'query', 'header']).exactOptional(),
  oldTaskCode: z.enum(['InvalidParameterValue.TaskId', 'ResourceNotFound']).exactOptional(),
  noneSilencesReview: z.boolean().exactOptional(),
  detailLagMs: z.number().min(0).exactOptional(),
  ignoreSkew: z.boolean().exactOptional(),
}) satisfies z.ZodType<Partial<Switches>, Partial<Switches>>

export const ClockChange = z.union([
  z.strictObject({ advanceMs: z.number() }),
  z.strictObject({ at: z.string() }),
])
