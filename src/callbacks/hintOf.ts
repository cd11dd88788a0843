import type { HintSource, TaskHint } from '../contract/hint.js'
import type { StepAddress } from '../contract/seal/token.js'
import type { TaskEvent } from './event.js'

/** Returns the hint that an event gives to the step that its token addresses. The progress of a task that is over says nothing. */
export function hintOf(
  { SessionId }: StepAddress,
  { TaskId, terminal, percent }: TaskEvent,
  via: HintSource,
): TaskHint {
  const shown = terminal || percent === undefined ? {} : { percent }
  return { v: 1, SessionId, TaskId, terminal, via, at: Date.now(), ...shown }
}
