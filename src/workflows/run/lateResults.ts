import { ApplicationFailure, type WorkflowInternalsInterceptor } from '@temporalio/workflow'
import { lateResultType } from '../../contract/runNames.js'

type ActivateInput = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0]
type Job = NonNullable<ActivateInput['activation']['jobs']>[number]

/**
 * Fails a workflow task that brings the result of a local activity together with anything else. Temporal then replays the run, which
 * gives the result to the workflow where every later replay gives it.
 *
 * A worker that answers a query while a local activity ends records the activity's marker with that workflow task, and tells the
 * workflow with the next one, after its signals. A replay tells it before them, so a run that goes on has a history that no worker
 * can replay (measured, docs/decisions/0036-local-reads-and-queries.md).
 */
export function refuseLateResults(input: ActivateInput): void {
  const { jobs, isReplaying } = input.activation
  if (!jobs || isReplaying) return
  const late = jobs.filter(isLocalResult).length
  if (late === 0 || late === jobs.length) return
  const message =
    'a local activity finished while a query was being answered; Temporal replays the run, and all is well'
  throw ApplicationFailure.create({ type: lateResultType, message })
}

function isLocalResult({ resolveActivity }: Job): boolean {
  return resolveActivity?.isLocal === true
}
