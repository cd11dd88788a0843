import { AsyncLocalStorage } from '@temporalio/workflow'
import { ReadOnlyHandlerError } from '../../base/inWorkflows.js'
import { requireInbox } from './inbox.js'

/** A call of a query handler or an update validator. */
interface ReadOnlyCall {
  refusal?: ReadOnlyHandlerError
}

/** It follows a handler past its awaits, and ends with the handler. */
const calls = new AsyncLocalStorage<ReadOnlyCall>()

/** Runs a query handler or an update validator, which must not schedule anything. `throwRefusal` throws what the handler was refused. */
export function readOnly<T>(handler: () => T): { readonly handled: T; readonly throwRefusal: () => void } {
  const call: ReadOnlyCall = {}
  const handled = calls.run(call, handler)
  return {
    handled,
    throwRefusal() {
      if (call.refusal) throw call.refusal
    },
  }
}

/**
 * Refuses a call in a query handler or an update validator, because Temporal shuts down a worker whose query schedules something, and a
 * replay does not run the validator again.
 *
 * @throws NotInWorkflowError, PluginMissingError as {@link requireInbox} does
 * @returns undefined elsewhere. In such a handler, a promise that never settles: Temporal drops the promise of an async handler, so its
 *   rejection would be unhandled and fail the workflow task. The interceptor throws the refusal instead.
 */
export function refusedHere(what: string): Promise<never> | undefined {
  requireInbox(what)
  const call = calls.getStore()
  if (!call) return undefined
  call.refusal ??= new ReadOnlyHandlerError(what)
  return new Promise<never>(() => {})
}
