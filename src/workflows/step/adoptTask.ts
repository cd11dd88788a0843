import { adoptInput } from '../../contract/inputs.js'
import type { Outcome } from '../../contract/outcome.js'
import type { AdoptInput, StepFunction } from '../../contract/stepInput.js'
import { refuse, requireValid } from '../refuse.js'
import { isTaken } from '../run/inbox.js'
import { refusedHere } from '../run/readOnly.js'
import { returnOrThrow } from './returnOrThrow.js'
import { runStep } from './runStep.js'

/**
 * Waits for a task that was submitted elsewhere: by the console, an upload with a Procedure, another system, or a
 * run that was terminated. Nothing is submitted. No event can reach the step, because the task's SessionContext is not ours, so
 * the task is read every few seconds to minutes.
 *
 * @param input - the task; see {@link AdoptInput}
 * @returns the outcome of the task.
 * @throws ApplicationFailure of type `InvalidInput` if the input is invalid, and of the types of `onFailure` if the media do not
 *   succeed. The type is `MediaUnknown` if VOD does not show the task.
 */
export const adoptTask = (async (input: AdoptInput) => {
  const refused = refusedHere('adoptTask')
  if (refused) return refused
  requireValid(input, adoptInput)
  const { TaskId, SubAppId, account = 'default', delays } = input
  if (isTaken(TaskId)) {
    throw refuse('TaskId', `"${TaskId}" already has a step in this run`, 'await that step')
  }
  const outcome = await adopt({ TaskId, account, SubAppId, delays })
  return returnOrThrow(outcome, input)
}) as StepFunction<AdoptInput>

/** The tasks of one submission that was made elsewhere. `TaskId` is the main one. */
export interface AdoptedTasks extends Pick<AdoptInput, 'TaskId' | 'SubAppId' | 'delays'> {
  readonly account: string
  readonly siblings?: readonly string[]
}

/** Waits, as one step, for tasks that were submitted together elsewhere. */
export function adopt({ TaskId, siblings = [], account, SubAppId, delays }: AdoptedTasks): Promise<Outcome> {
  return runStep({
    origin: { kind: 'adopt', TaskId, siblings },
    account,
    SubAppId,
    key: TaskId,
    attempt: 1,
    callbacks: false,
    flows: 0,
    delays: delays,
    FileId: '',
    SessionContext: '',
  })
}
