import type { RunSummary, Vodflow } from '../client/index.js'
import { InvalidInputError } from '../contract/errors.js'
import type { FoundRuns } from '../operate/find/findRuns.js'
import { say, statusText } from './print.js'
import { redact } from './redact.js'
import { lookupOfEnvironment } from './session.js'

interface RunFilter {
  readonly subApp?: number | undefined
  /** Workflow types that the command accepts; default all. Runs of one step are found without VOD. */
  readonly types?: readonly string[] | undefined
}

/** Returns all runs that an id belongs to. Prints a note if VOD could not be searched for more. @throws IdNotFoundError */
export async function runsOf(
  vodflow: Vodflow,
  id: string,
  { subApp, types }: RunFilter,
): Promise<readonly RunSummary[]> {
  const { runs, replaced } = await found(vodflow, id, { subApp, types })
  for (const workflowId of replaced)
    say(`"${id}" belongs to an earlier run of ${workflowId}, which was followed by another one`)
  return runs
}

async function found(
  vodflow: Vodflow,
  id: string,
  { subApp, types }: RunFilter,
): Promise<Pick<FoundRuns, 'runs' | 'replaced'>> {
  const { findRuns } = await import('../operate/find/findRuns.js')
  const { runs, replaced, notAsked } = await findRuns(vodflow, id, await lookupOfEnvironment(subApp))
  const taken = types ? runs.filter(({ type }) => types.includes(type)) : runs
  if (taken.length > 0 && types) return { runs: taken, replaced }
  if (notAsked !== undefined)
    say(`your own workflows that processed "${id}" may be missing: ${redact(notAsked)}`)
  return { runs, replaced }
}

/**
 * Returns the one run that an id of any kind belongs to. Of several runs, returns the only open one.
 *
 * @throws InvalidInputError if the id belongs to several runs, with the workflow id of each, or to a run that was followed by another.
 */
export async function oneRun(vodflow: Vodflow, id: string, wanted: RunFilter): Promise<RunSummary> {
  const { runs, replaced } = await found(vodflow, id, wanted)
  // Commands that accept only some types also act on ended runs.
  const open = wanted.types ? [] : runs.filter(isOpen)
  const [run, ...others] = open.length === 1 ? open : runs
  if (run && others.length === 0) {
    if (replaced.includes(run.workflowId)) throw followed(id, run)
    if (runs.length > 1) say(`"${id}" belongs to ${runs.length} runs; ${run.workflowId} has not ended`)
    return run
  }
  const ids = runs.map(({ workflowId, status }) => `${workflowId} (${statusText(status)})`)
  throw new InvalidInputError([
    {
      field: 'id',
      problem: `"${id}" belongs to ${ids.length} runs`,
      remedy: `pass one of: ${ids.join(', ')}`,
    },
  ])
}

/** The run that created the task has ended, and its successor creates other tasks. */
function followed(id: string, { workflowId, status }: RunSummary): InvalidInputError {
  const problem = `"${id}" belongs to an earlier run of "${workflowId}", which has ended`
  const remedy = `pass the workflow id to use its latest run (${statusText(status)})`
  return new InvalidInputError([{ field: 'id', problem, remedy }])
}

/** A paused run is open, too. */
export function isOpen({ status }: Pick<RunSummary, 'status'>): boolean {
  return status === 'RUNNING' || status === 'PAUSED'
}
