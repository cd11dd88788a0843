import { adoptInput } from '../../contract/inputs.js'
import type { Outcome } from '../../contract/outcome.js'
import type { AdoptInput, StepFunction } from '../../contract/stepInput.js'
import { refuse, requireValid } from '../refuse.js'
import { isTaken, requireInbox } from '../run/inbox.js'
import { returnOrThrow } from './returnOrThrow.js'
import { runStep } from './runStep.js'

/**
 * Takes over a task that somebody else has submitted: the console, an upload with a Procedure, another system, or a
 * run that was terminated. Nothing is submitted. No event can reach it, since its SessionContext is not ours: it is
 * read every few seconds to minutes.
 *
 * @param input - the task; see {@link AdoptInput}.
 * @returns what became of it.
 * @throws ApplicationFailure of type `InvalidInput` when the input is invalid, and of the types of `onFailure` when the media did not
 *   succeed: `MediaUnknown` when VOD does not show such a task.
 */
export const adoptTask = (async (input: AdoptInput) => {
  requireInbox('adoptTask')
  requireValid(input, adoptInput)
  const { TaskId, SubAppId, account = 'default', delays } = input
  if (isTaken(TaskId)) {
    throw refuse('TaskId', `"${TaskId}" is waited for in this run already`, 'wait for the step that has it')
  }
  const outcome = await adopt({ TaskId, account, SubAppId, delays })
  return returnOrThrow(outcome, input)
}) as StepFunction<AdoptInput>

/** Tasks of one submission of somebody else: `TaskId` stands for it. */
export interface AdoptedTasks extends Pick<AdoptInput, 'TaskId' | 'SubAppId' | 'delays'> {
  readonly account: string
  readonly siblings?: readonly string[]
}

/** Waits for tasks that somebody else has submitted together, as one step. */
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
