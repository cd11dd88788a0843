import { readFileSync } from 'node:fs'
import type { WorkerOptions } from '@temporalio/worker'
import { InvalidInputError } from '../contract/errors.js'
import { reservedProblem } from '../contract/queues.js'
import { version } from '../contract/version.js'

const own = Symbol('vodflow.worker')

/** Marks the options of the worker that `createVodflowWorker` creates. */
export const ownWorker = { [own]: true }

/**
 * Checks the options of a worker with the plugin. On a task queue of vodflow, it would take workflow tasks that it cannot do. With a bundle
 * that was made without the plugin, each step would wait.
 *
 * @throws InvalidInputError with the remedy
 */
export function requireOwnWork(options: WorkerOptions): void {
  if (own in options) return
  refuseReservedQueue(options)
  requireMark(options)
}

function refuseReservedQueue({ taskQueue }: WorkerOptions): void {
  const reserved = reservedProblem(String(taskQueue))
  if (reserved) throw new InvalidInputError([{ field: 'taskQueue', ...reserved }])
}

/** See `bundleMark`. */
const mark = /vodflow\.VodflowPlugin@([\w.+-]+)/

function requireMark({ workflowBundle }: WorkerOptions): void {
  if (!workflowBundle) return
  const code = 'code' in workflowBundle ? workflowBundle.code : readFileSync(workflowBundle.codePath, 'utf8')
  const made = mark.exec(code)?.[1]
  if (made === undefined)
    throw refusal(
      'was made without VodflowPlugin',
      'pass plugins: [new VodflowPlugin(...)] to bundleWorkflowCode too',
    )
  if (made !== version)
    throw refusal(
      `was made with vodflow ${made}, and this worker has ${version}`,
      'bundle the workflows again with the version of vodflow that the worker has',
    )
}

function refusal(problem: string, remedy: string): InvalidInputError {
  return new InvalidInputError([{ field: 'workflowBundle', problem, remedy }])
}
