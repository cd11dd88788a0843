import { makeContinueAsNewFunc, type Workflow } from '@temporalio/workflow'

/**
 * Continues as new on the current build. With versioned workers, a workflow that outlives a release leaves its build in this way, at the
 * end of a run or when `targetWorkerDeploymentVersionChanged` is set.
 */
export function continueOnCurrentBuild<T extends Workflow>(...args: Parameters<T>): Promise<never> {
  return makeContinueAsNewFunc<T>({ initialVersioningBehavior: 'AUTO_UPGRADE' })(...args)
}
