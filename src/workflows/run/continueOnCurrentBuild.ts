import { makeContinueAsNewFunc, type Workflow } from '@temporalio/workflow'

/**
 * How a workflow that outlives a release leaves its build, where workers are versioned: it continues as new on the current one, when
 * it is its time or `targetWorkerDeploymentVersionChanged`.
 */
export function continueOnCurrentBuild<T extends Workflow>(...args: Parameters<T>): Promise<never> {
  return makeContinueAsNewFunc<T>({ initialVersioningBehavior: 'AUTO_UPGRADE' })(...args)
}
