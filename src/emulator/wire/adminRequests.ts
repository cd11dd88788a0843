import { z } from 'zod'
import type { defaultSwitches } from '../switches.js'

/** Bodies of what is posted under `/_admin/`. */
const Laid = { times: z.int().positive().optional(), probability: z.number().min(0).max(1).optional() }
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
])

export const SwitchChanges = z.strictObject({
  dedupBeforeValidation: z.boolean().optional(),
  failedValidationUsesSessionId: z.boolean().optional(),
  acceptMs: z.number().min(0).optional(),
  twinInFlight: z.enum(['InvalidParameterValue.SessionId', 'InternalError']).optional(),
  listingLagMs: z.number().min(0).max(60_000).optional(),
  reviewListingLagMs: z.number().min(0).max(60_000).optional(),
  reviewWithoutSessionId: z.boolean().optional(),
  reviewWithoutFinishTime: z.boolean().optional(),
  abortWithoutEvent: z.boolean().optional(),
  signPlace: z.enum(['body', 'query', 'header']).optional(),
  oldTaskCode: z.enum(['InvalidParameterValue.TaskId', 'ResourceNotFound']).optional(),
  noneSilencesReview: z.boolean().optional(),
  detailLagMs: z.number().min(0).optional(),
  ignoreSkew: z.boolean().optional(),
}) satisfies z.ZodType<Partial<Record<keyof typeof defaultSwitches, unknown>>>

export const ClockChange = z.union([
  z.strictObject({ advanceMs: z.number() }),
  z.strictObject({ at: z.string() }),
])
