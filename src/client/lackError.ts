import { quoted } from '../temporal/listQuery.js'
import { buildText, type NoWorkerDetails, type QueuePollers } from '../temporal/routing.js'
import { NoWorkerError } from './errors.js'
import { shellQuoted, shellWord } from './shellWord.js'

interface LackOfPollers {
  readonly lack: NoWorkerDetails
  readonly polled: QueuePollers
}

/** Returns the error that says why no worker takes the tasks of these queues, and what to do about it. */
export function lackErrorOf(
  queues: readonly string[],
  { lack, polled }: LackOfPollers,
  {
    workflowId,
    start,
    cause,
  }: { readonly workflowId?: string; readonly start?: string; readonly cause?: unknown } = {},
): NoWorkerError {
  return new NoWorkerError(queues, remedyOf(lack, polled, { workflowId, start }), cause, lack)
}

const setCurrentCommand = 'temporal worker deployment set-current-version'
const setRampingCommand = 'temporal worker deployment set-ramping-version'

/** Returns the remedy that gets a worker for the tasks of a queue. */
export function remedyOf(
  lack: NoWorkerDetails,
  { pollers }: QueuePollers,
  {
    workflowId,
    start = '',
  }: { readonly workflowId?: string | undefined; readonly start?: string | undefined } = {},
): string {
  if (lack.reason === 'noWorker') return start
  const { deploymentName, buildId } = lack.build
  const name = `--deployment-name ${shellWord(deploymentName)}`
  if (lack.reason === 'noCurrentVersion')
    return `Make a build the current one: ${setCurrentCommand} ${name} --build-id ${shellWord(buildId)}`
  const restart = `Start its worker again (vodflow worker --deployment ${shellWord(deploymentName)} --build-id ${shellWord(buildId)})`
  if (lack.pinned) {
    const pinned = `TemporalWorkerDeploymentVersion = ${quoted(buildText(lack.build))} AND ExecutionStatus = "Running"`
    const which =
      workflowId === undefined
        ? `--query ${shellQuoted(pinned)} --reason "..."`
        : `--workflow-id ${shellWord(workflowId)}`
    return `${restart}, or move what waits for it to the current build: temporal workflow update-options --versioning-override-behavior auto_upgrade ${which}`
  }
  if (lack.ramping)
    return `${restart}, or end the ramp: ${setRampingCommand} ${name} --build-id ${shellWord(buildId)} --delete`
  const other = pollers.find(({ build }) => build?.deploymentName === deploymentName)?.build
  if (other)
    return `${restart}, or make the build that polls the current one: ${setCurrentCommand} ${name} --build-id ${shellWord(other.buildId)}`
  if (pollers.length > 0)
    return `${restart}, or let the workers without a build take the runs: ${setCurrentCommand} ${name} --unversioned`
  return `${restart}.`
}
