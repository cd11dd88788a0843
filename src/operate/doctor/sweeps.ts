import type { Client } from '@temporalio/client'
import { openIn } from '../../client/openRuns.js'
import { shellWord } from '../../client/shellWord.js'
import { sweepIds } from '../../contract/sweep.js'
import { cut } from '../../contract/text.js'
import { executionsIn } from '../../temporal/executions.js'
import { quoted } from '../../temporal/listQuery.js'
import { type SweepProblem, sweepProblem } from '../../temporal/sweepProblem.js'
import { bad, type DoctorFinding, doubtful, failed } from './finding.js'

/** Maximum number of sweeps that are checked. A namespace has one for each sub-app. */
const mostSweeps = 100

/** Finds runs that have the id of a sweep and do not sweep, so that lost events are found hours later. */
export async function* checkSweeps(client: Client): AsyncGenerator<DoctorFinding> {
  try {
    const query = `${await openIn(client)} AND WorkflowId STARTS_WITH ${quoted(sweepIds)}`
    let left = mostSweeps
    for await (const run of executionsIn(client).list({ query, pageSize: mostSweeps })) {
      const problem = await sweepProblem(client, run)
      if (problem) yield findingOf(run.workflowId, problem)
      left -= 1
      if (left === 0) return
    }
  } catch (error) {
    yield failed('sweep', error, 'check the permissions of your API key')
  }
}

function findingOf(workflowId: string, { what, unreadable }: SweepProblem): DoctorFinding {
  const name = `"${cut(workflowId, 100)}"`
  if (unreadable) {
    const fix =
      'set VODFLOW_PAYLOAD_KEYS to the keys of the workers, and run vodflow doctor again; do not end the sweep'
    return doubtful('sweep', `${name} is probably healthy, but ${what}`, fix)
  }
  const fix = `temporal workflow terminate --workflow-id ${shellWord(workflowId)}; the next submit starts the sweep`
  return bad('sweep', `${name} ${what}`, fix)
}
