import type { TaskEvent } from '../vod/event.js'
import type { Hint, Net } from '../vod/hint.js'
import type { StepAddress } from '../vod/token.js'

/** What an event says to the step that its token addresses. */
export function hintOf({ SessionId }: StepAddress, { TaskId, terminal, percent }: TaskEvent, via: Net): Hint {
  const shown = percent === undefined ? {} : { percent }
  return { v: 1, SessionId, TaskId, terminal, via, at: Date.now(), ...shown }
}
