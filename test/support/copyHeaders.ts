import type { Headers } from '@temporalio/common'
import type { WorkflowInterceptors } from '@temporalio/workflow'

/** Context propagation as users write it: every header of a workflow goes on to its children and its continuation. */
export const interceptors = (): WorkflowInterceptors => {
  let own: Headers = {}
  return {
    inbound: [
      {
        execute(input, next) {
          own = input.headers
          return next(input)
        },
      },
    ],
    outbound: [
      {
        startChildWorkflowExecution: (input, next) =>
          next({ ...input, headers: { ...own, ...input.headers } }),
        continueAsNew: (input, next) => next({ ...input, headers: { ...own, ...input.headers } }),
      },
    ],
  }
}
