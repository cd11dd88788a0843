import type { StepDelays } from '../vod/delays.js'
import type { Outcome } from '../vod/outcome.js'
import type { AdoptInput } from '../vod/stepInput.js'
import { checkOptions } from './checkOptions.js'
import { isTaken, requireInbox } from './inbox.js'
import { refuse } from './refuse.js'
import { runStep } from './runStep.js'

const options: Readonly<Record<keyof AdoptInput, true>> = {
  TaskId: true,
  SubAppId: true,
  account: true,
  delays: true,
}

/**
 * Takes over a task that somebody else has submitted: the console, an upload with a Procedure, another system, or a
 * run that was terminated. Nothing is submitted. No event can reach it, since its SessionContext is not ours: it is
 * read every few seconds to minutes.
 *
 * @param input - the task; see {@link AdoptInput}.
 * @returns what became of it; `unknown` when VOD does not show such a task.
 * @throws ApplicationFailure of type `InvalidInput` when no TaskId is given.
 */
export async function adoptTask(input: AdoptInput): Promise<Outcome> {
  requireInbox('adoptTask')
  if (typeof input?.TaskId !== 'string' || input.TaskId === '') {
    throw refuse('TaskId: missing; give { TaskId } as the first argument')
  }
  checkOptions(input, options)
  const { TaskId, SubAppId, account = 'default', delays } = input
  if (delays?.polls?.length === 0) {
    throw refuse('delays.polls: is empty; give at least one wait')
  }
  if (isTaken(TaskId)) {
    throw refuse(`TaskId: "${TaskId}" is waited for in this run already`)
  }
  return adopt({ TaskId, account, SubAppId, delays })
}

/** Tasks of one submission of somebody else: `TaskId` stands for it. */
export interface Adopted extends Pick<AdoptInput, 'TaskId' | 'SubAppId' | 'delays'> {
  readonly account: string
  readonly siblings?: readonly string[]
}

/** Waits for tasks that somebody else has submitted together, as one step. */
export function adopt({ TaskId, siblings = [], account, SubAppId, delays }: Adopted): Promise<Outcome> {
  return runStep({
    origin: { kind: 'adopt', TaskId, siblings },
    account,
    SubAppId,
    key: TaskId,
    attempt: 1,
    events: false,
    flows: 0,
    delays: delays as Partial<StepDelays> | undefined,
    FileId: '',
    SessionContext: '',
  })
}
