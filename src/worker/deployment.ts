import type { WorkerDeploymentVersion } from '@temporalio/common'
import type { WorkerDeploymentOptions } from '@temporalio/worker'
import { type FieldProblem, InvalidInputError } from '../contract/errors.js'
import { cut } from '../contract/text.js'

/** Maximum length of each part. Temporal joins both in one id of up to 1,000 characters. */
const longest = 400

/**
 * Returns the options of a worker that continues the runs of its own build, and takes new runs while its build is the current one.
 *
 * @throws InvalidInputError for names that Temporal would refuse
 */
export function versioned({ deploymentName, buildId }: WorkerDeploymentVersion): WorkerDeploymentOptions {
  const problems = [
    ...problemsOf('deploymentName', deploymentName, {
      pattern: /^(?!__)[^\s.:]+$/,
      without: 'dot, colon or space',
    }),
    ...problemsOf('buildId', buildId, { pattern: /^(?!__)\S+$/, without: 'space' }),
  ]
  if (problems.length > 0) throw new InvalidInputError(problems)
  return {
    version: { deploymentName, buildId },
    useWorkerVersioning: true,
    // It is not set by setWorkflowOptions, because Temporal would then refuse the answers of a worker without versioning.
    defaultVersioningBehavior: 'PINNED',
  }
}

function problemsOf(
  name: keyof WorkerDeploymentVersion,
  value: unknown,
  { pattern, without }: { readonly pattern: RegExp; readonly without: string },
): FieldProblem[] {
  if (typeof value === 'string' && value.length <= longest && pattern.test(value)) return []
  const problem = typeof value === 'string' ? `cannot be ${JSON.stringify(cut(value, 50))}` : 'is missing'
  const remedy = `use a name of at most ${longest} characters that does not start with __ and has no ${without}`
  return [{ field: `deployment.${name}`, problem, remedy }]
}
