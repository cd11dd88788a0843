import type { Context } from '../context.js'
import { msOf } from '../duration.js'
import { day } from '../time.js'
import { ApiError } from '../wire/apiError.js'

/** Deduplication windows, ms: 7 days for ProcessMediaByProcedure, 3 for the others. */
const windows: Readonly<Record<string, number>> = { ProcessMediaByProcedure: 7 * day }
const usualWindow = 3 * day

export interface SeenSubmission {
  readonly action: string
  /** Empty: no deduplication. */
  readonly SessionId: string
}

interface Steps<V, R> {
  /** Throws if the rest of the request is invalid. */
  validate(): V
  accept(valid: V): R
}

const inFlight = new WeakMap<Context, Set<string>>()

/**
 * Accepts a submission at most once for a SessionId. The order of VOD's checks, and its answer to two identical requests in flight, are
 * not verified, so they are switches.
 */
export async function withSession<V, R>(
  context: Context,
  { action, SessionId }: SeenSubmission,
  { validate, accept }: Steps<V, R>,
): Promise<R> {
  const { clock, sessions, switches } = context
  if (SessionId === '') {
    const valid = validate()
    await delay(context)
    return accept(valid)
  }
  const flying = inFlight.get(context) ?? new Set<string>()
  inFlight.set(context, flying)
  const refuseTwin = () => {
    if (flying.has(SessionId))
      throw new ApiError(switches.twinInFlight, 'An identical request is being processed.')
  }
  const refuseSeen = () => {
    const seen = sessions.get(SessionId)
    if (seen && clock.now() - seen.at < (windows[seen.action] ?? usualWindow)) {
      throw new ApiError(
        'InvalidParameterValue.SessionId',
        'The deduplication ID already exists. The request is removed due to duplication.',
      )
    }
  }
  if (switches.dedupBeforeValidation) {
    refuseTwin()
    refuseSeen()
  }
  let valid: V
  try {
    valid = validate()
  } catch (error) {
    if (switches.failedValidationUsesSessionId) sessions.put(SessionId, { at: clock.now(), action })
    throw error
  }
  refuseTwin()
  refuseSeen()
  flying.add(SessionId)
  try {
    await delay(context)
    return context.together(() => {
      sessions.put(SessionId, { at: clock.now(), action })
      return accept(valid)
    })
  } finally {
    flying.delete(SessionId)
  }
}

async function delay({ clock, switches }: Context): Promise<void> {
  const acceptMs = msOf(switches.acceptTime)
  if (acceptMs > 0) await clock.sleep(acceptMs)
}
