import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker'

const pathOf = (name: string) => fileURLToPath(new URL(`../../src/workflows/${name}.ts`, import.meta.url))

/** What the plugin loads into every workflow. */
export const interceptorModules = [pathOf('interceptors')]

/** Our own workflows from their source, as a worker has them. */
export const ownWorkflows = {
  workflowsPath: pathOf('index'),
  interceptors: { workflowModules: interceptorModules },
}

export function bundleOwnWorkflows(
  workflowsPath = ownWorkflows.workflowsPath,
): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: interceptorModules,
    logger: new DefaultLogger('ERROR'),
  })
}
