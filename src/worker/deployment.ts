import type { WorkerDeploymentOptions } from '@temporalio/worker'
import { type FieldProblem, InvalidInputError } from '../contract/errors.js'
import { cut } from '../contract/text.js'

/** A version of a Worker Deployment, as Temporal names its parts. */
export interface DeploymentVersion {
  /** The same for every build, e.g. `vodflow`. No dot, no colon. */
  readonly deploymentName: string
  /** Another one for each build: an image's tag or a commit. */
  readonly buildId: string
}

/** Temporal makes one id of 1,000 characters out of both. */
const longest = 400

/**
 * For a worker that takes what its own build has begun, and what is new once its build is the current one.
 *
 * @throws InvalidInputError for names that Temporal would refuse.
 */
export function versioned({ deploymentName, buildId }: DeploymentVersion): WorkerDeploymentOptions {
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
    // Not by setWorkflowOptions: Temporal refuses what a worker without versioning then answers.
    defaultVersioningBehavior: 'PINNED',
  }
}

function problemsOf(
  name: keyof DeploymentVersion,
  value: unknown,
  { pattern, without }: { readonly pattern: RegExp; readonly without: string },
): FieldProblem[] {
  if (typeof value === 'string' && value.length <= longest && pattern.test(value)) return []
  const problem = typeof value === 'string' ? `cannot be ${JSON.stringify(cut(value, 50))}` : 'is missing'
  const remedy = `give a name of at most ${longest} characters that does not begin with __ and has no ${without}`
  return [{ field: `deployment.${name}`, problem, remedy }]
}
