import { isCancellation, sleep } from '@temporalio/workflow'
import { abort, markOverdue, read, readMedia, type StepAddress, search, submit } from './calls.js'
import type { Effect, StepEvent, StepState } from './state.js'

/** Turns an effect into an activity or a timer, and what comes of it into the next input of the reducer. */
export function perform(address: StepAddress, state: StepState, effect: Effect): Promise<StepEvent> {
  switch (effect.do) {
    case 'submit':
      return submit(address, effect.send).then((submitted) => ({ type: 'submitted', submitted }))
    case 'search':
      return search(address, { state, ...effect }).then((found) => ({ type: 'found', ...found }))
    case 'read': {
      const { TaskId, cause } = effect
      return read(address, { state, TaskId, cause }).then(
        (looked) =>
          looked.kind === 'gone'
            ? { type: 'gone', TaskId }
            : { type: 'seen', TaskId, reading: looked.reading },
        unlessCancelled({ type: 'gone', TaskId }),
      )
    }
    case 'readMedia':
      return readMedia(address, effect.FileId).then(
        (outputs) => ({ type: 'mediaRead', outputs }),
        unlessCancelled({ type: 'mediaRead', outputs: [] }),
      )
    case 'markOverdue':
      return markOverdue(address, effect.since).then(
        () => ({ type: 'done' }),
        unlessCancelled({ type: 'done' }),
      )
    case 'abort': {
      const { TaskId } = effect
      return abort(address, TaskId).then(
        (aborted) => ({ type: 'abortAnswered', TaskId, aborted }),
        unlessCancelled({ type: 'abortAnswered', TaskId, aborted: false }),
      )
    }
    case 'wake':
      return sleep(Math.max(1, Math.ceil(effect.at - Date.now())), { summary: effect.why }).then(() => ({
        type: 'woke',
      }))
    case 'finish':
    case 'finishCancelled':
      throw new Error(`${effect.do} is the end of a step, there is nothing to perform`)
  }
}

/** A call that was given up is as good as no answer. */
function unlessCancelled(event: StepEvent): (error: unknown) => StepEvent {
  return (error) => {
    if (isCancellation(error)) throw error
    return event
  }
}
