import type { RunSummary, Vodflow } from '../client/index.js'
import { InvalidInputError } from '../vod/errors.js'
import { redact } from './redact.js'
import { lookupOfEnvironment } from './session.js'

interface Wanted {
  readonly subApp?: number | undefined
  /** The types of runs that a command takes; default all. Runs of one step are found without VOD. */
  readonly types?: readonly string[]
}

/** All runs of any id. Says it where VOD could not be asked for more of them. @throws IdNotFoundError */
export async function runsOf(
  vodflow: Vodflow,
  id: string,
  { subApp, types }: Wanted,
): Promise<readonly RunSummary[]> {
  const { findRuns } = await import('../inspect/findRuns.js')
  const { runs, notAsked } = await findRuns(vodflow, id, await lookupOfEnvironment(subApp))
  const taken = types ? runs.filter(({ type }) => types.includes(type)) : runs
  if (taken.length > 0 && types) return taken
  if (notAsked !== undefined)
    console.error(`vodflow: your own workflows that processed "${id}" may be missing: ${redact(notAsked)}`)
  return runs
}

/**
 * The one run that an id means, whichever kind of id it is.
 *
 * @throws InvalidInputError where it means several, with the workflow id of each.
 */
export async function oneRun(vodflow: Vodflow, id: string, wanted: Wanted): Promise<RunSummary> {
  const [run, ...others] = await runsOf(vodflow, id, wanted)
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
