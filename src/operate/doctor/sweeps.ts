import type { Client } from '@temporalio/client'
import { openIn } from '../../client/openRuns.js'
import { shellWord } from '../../client/shellWord.js'
import { memoFields, submitTypes } from '../../contract/runNames.js'
import { sweepIdOf, sweepIds } from '../../contract/sweep.js'
import { cut } from '../../contract/text.js'
import { minute } from '../../contract/time.js'
import { executionsIn, memoField } from '../../temporal/executions.js'
import { quoted } from '../../temporal/listQuery.js'
import { asStartRequest } from '../../temporal/startOf.js'
import { type SweepProblem, sweepProblem } from '../../temporal/sweepProblem.js'
import { bad, type DoctorFinding, doubtful, failed } from './finding.js'

/** Maximum number of sweeps that are checked. A namespace has one for each sub-app. */
const mostSweeps = 100

/** Maximum number of open runs whose sweep is looked for: one page of Temporal's list. */
const mostRuns = 1_000

/** Time within which a worker starts the sweep again if the sub-app is used, and time for its start, ms. */
const youngMs = 10 * minute

/**
 * Finds runs that have the id of a sweep and do not sweep, and runs that wait without a sweep. Lost events of both are found hours later.
 *
 * @param now - by Temporal's clock, ms since the epoch
 */
export async function* checkSweeps(client: Client, now: number): AsyncGenerator<DoctorFinding> {
  const running = new Set<string>()
  try {
    const query = `${await openIn(client)} AND WorkflowId STARTS_WITH ${quoted(sweepIds)}`
    let left = mostSweeps
    for await (const run of executionsIn(client).list({ query, pageSize: mostSweeps })) {
      running.add(run.workflowId)
      const problem = await sweepProblem(client, run)
      if (problem) yield findingOf(run.workflowId, problem)
      left -= 1
      if (left === 0) return
    }
    yield* missingSweeps(client, { running, now })
  } catch (error) {
    yield failed('sweep', error, 'check the permissions of your API key')
  }
}

/** The memo of a run of one step names its sub-app. A workflow of a user names none. */
async function* missingSweeps(
  client: Client,
  { running, now }: { readonly running: ReadonlySet<string>; readonly now: number },
): AsyncGenerator<DoctorFinding> {
  const types = [...submitTypes.keys()].map(quoted).join(', ')
  const query = `${await openIn(client)} AND WorkflowType IN (${types})`
  const waiting = new Map<string, string[]>()
  let left = mostRuns
  for await (const { workflowId, startTime, memo } of executionsIn(client).list({
    query,
    pageSize: mostRuns,
  })) {
    const started = asStartRequest(memoField(memo, memoFields.request))
    const { account = 'default', request } = started ?? {}
    const sweep = sweepIdOf({ account, SubAppId: request?.SubAppId })
    if (request && !running.has(sweep) && now - startTime.getTime() > youngMs)
      waiting.set(sweep, [...(waiting.get(sweep) ?? []), workflowId])
    left -= 1
    if (left === 0) break
  }
  for (const [sweep, ids] of waiting) {
    const runs = ids.length === 1 ? 'a run waits' : `${ids.length} runs wait`
    const what = `"${cut(sweep, 100)}" does not run, and ${runs} for tasks of its application, for example ${ids[0]}: an event that is lost is found only when the run reads its task, hours later`
    const fix =
      'process a media file of this application, which starts the sweep, unless the workers have sweep: false'
    yield doubtful('sweep', what, fix)
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
