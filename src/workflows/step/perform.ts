import { isCancellation, sleep } from '@temporalio/workflow'
import { abort, markOverdue, read, readMedia, type StepAddress, search, submit } from './calls.js'
import type { Effect, StepEvent, StepState } from './state.js'

/** Turns an effect into an activity or a timer, and what comes of it into the next input of the reducer. */
export async function perform(address: StepAddress, state: StepState, effect: Effect): Promise<StepEvent> {
  switch (effect.do) {
    case 'submit':
      return { type: 'submitted', submitted: await submit(address, effect.send) }
    case 'search':
      return { type: 'found', ...(await search(address, { state, ...effect })) }
    case 'read': {
      const { TaskId, cause } = effect
      const looked = await read(address, { state, TaskId, cause }).catch(
        unlessCancelled({ kind: 'gone' } as const),
      )
      return looked.kind === 'gone'
        ? { type: 'gone', TaskId }
        : { type: 'seen', TaskId, reading: looked.reading }
    }
    case 'readMedia': {
      const outputs = await readMedia(address, effect.FileId).catch(unlessCancelled([]))
      return { type: 'mediaRead', outputs }
    }
    case 'markOverdue':
      await markOverdue(address, effect.since).catch(unlessCancelled(undefined))
      return { type: 'done' }
    case 'abort': {
      const { TaskId } = effect
      return {
        type: 'abortAnswered',
        TaskId,
        aborted: await abort(address, TaskId).catch(unlessCancelled(false)),
      }
    }
    case 'wake':
      await sleep(Math.max(1, Math.ceil(effect.at - Date.now())), { summary: effect.why })
      return { type: 'woke' }
    case 'finish':
    case 'finishCancelled':
      throw new Error(`${effect.do} is the end of a step, there is nothing to perform`)
  }
}

/** A call that was given up is as good as no answer. */
function unlessCancelled<T>(answer: T): (error: unknown) => T {
  return (error) => {
    if (isCancellation(error)) throw error
    return answer
  }
}
