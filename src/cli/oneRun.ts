import type { RunSummary, Vodflow } from '../client/index.js'
import { InvalidInputError } from '../vod/errors.js'
import { lookupOfEnvironment } from './session.js'

/** All runs of any id. @throws IdNotFoundError */
export async function runsOf(vodflow: Vodflow, id: string, subApp?: number): Promise<readonly RunSummary[]> {
  const { findRuns } = await import('../inspect/findRuns.js')
  return (await findRuns(vodflow, id, await lookupOfEnvironment(subApp))).runs
}

/**
 * The one run that an id means, whichever kind of id it is.
 *
 * @throws InvalidInputError where it means several, with the workflow id of each.
 */
export async function oneRun(vodflow: Vodflow, id: string, subApp?: number): Promise<RunSummary> {
  const [run, ...others] = await runsOf(vodflow, id, subApp)
  if (run && others.length === 0) return run
  const ids = [run, ...others].flatMap((each) => (each ? [`${each.workflowId} (${each.status})`] : []))
  throw new InvalidInputError([
    {
      field: 'id',
      problem: `"${id}" belongs to ${ids.length} runs`,
      remedy: `give one of: ${ids.join(', ')}`,
    },
  ])
}
