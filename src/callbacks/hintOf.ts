import type { Hint, Net } from '../contract/hint.js'
import type { StepAddress } from '../contract/seal/token.js'
import type { TaskEvent } from './event.js'

/** What an event says to the step that its token addresses. A task that is over is read, whatever progress its event shows. */
export function hintOf({ SessionId }: StepAddress, { TaskId, terminal, percent }: TaskEvent, via: Net): Hint {
  const shown = terminal || percent === undefined ? {} : { percent }
  return { v: 1, SessionId, TaskId, terminal, via, at: Date.now(), ...shown }
}
