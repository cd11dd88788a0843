import type { ActivityContext } from './context.js'
import { submit } from './submit.js'

/** Starts a task flow. */
export function processMediaByProcedure(context: ActivityContext) {
  return submit(context, { action: 'ProcessMediaByProcedure', requestFor: (request) => request })
}
