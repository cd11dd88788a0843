import { isCancellation, sleep, TemporalFailure } from '@temporalio/workflow'
import { malformed } from '../unchecked.js'
import { abort, type CallAddress, markOverdue, read, readHere, readMedia } from './calls.js'
import { findTasks } from './findTasks.js'
import { isReadResult, isSubmitted } from './results.js'
import { unsearched } from './search.js'
import type { CallEffect, StepEvent } from './state.js'
import { isRefusedForGood, ownSessionId, submit, submitFailed } from './submit.js'

/** Receives the result of a local read; see `run/localReads.ts`. */
export type AfterLocalReads = <T>(
  read: Promise<T>,
  seen: (value: T) => void,
  unread: (error: unknown) => void,
) => void

/** The address of an effect, and the callbacks for its result. Each effect but `markOverdue` calls one of them, once. */
export interface Performing {
  readonly address: CallAddress
  readonly afterLocalReads: AfterLocalReads
  readonly push: (event: StepEvent) => void
  readonly refused: (error: unknown) => void
}

/** Turns an effect into an activity or a timer, and its result into the next input of the reducer. */
export function perform(effect: CallEffect, { address, afterLocalReads, push, refused }: Performing): void {
  /** A failed call counts as one without an answer. */
  const orElse = (event: StepEvent) => (error: unknown) =>
    isCancellation(error) ? refused(error) : push(event)
  switch (effect.do) {
    case 'submit': {
      const failed = (error: unknown) => push(submitFailed(address, effect, error))
      submit(address, effect).then(
        (submitted) =>
          isSubmitted(submitted, ownSessionId(address, effect.send))
            ? push({ type: 'submitted', submitted })
            : failed(malformed(effect.send.action)),
        failed,
      )
      return
    }
    case 'search':
      findTasks(address, effect).then(
        (found) => push({ type: 'found', ...found }),
        (error) =>
          isRefusedForGood(error) ? refused(error) : orElse({ type: 'found', ...unsearched(effect) })(error),
      )
      return
    case 'read': {
      const { TaskId } = effect
      const seen = (result: unknown) => push(answered(TaskId, result))
      // Any other error means that this worker has no plugin. A read through the queue could not be replayed.
      const unread = (error: unknown) =>
        error instanceof TemporalFailure ? push({ type: 'unread', TaskId }) : refused(error)
      if (effect.here) afterLocalReads(readHere(address, effect), seen, unread)
      else read(address, effect).then(seen, orElse({ type: 'gone', TaskId }))
      return
    }
    case 'readMedia':
      readMedia(address, effect.FileId).then(
        (outputs) => push({ type: 'mediaRead', outputs }),
        orElse({ type: 'mediaRead', outputs: [] }),
      )
      return
    case 'markOverdue':
      markOverdue(address, effect.since).catch(() => undefined)
      return
    case 'abort': {
      const { TaskId, limitMs } = effect
      abort(address, TaskId, limitMs).then(
        (aborted) => push({ type: 'abortAnswered', TaskId, aborted }),
        orElse({ type: 'abortAnswered', TaskId, aborted: false }),
      )
      return
    }
    case 'wake':
      sleep(Math.max(1, Math.ceil(effect.at - Date.now())), { summary: effect.why }).then(
        () => push({ type: 'woke' }),
        refused,
      )
      return
  }
}

/** Returns the event for the result of a read. A result that is none counts as one without a task. */
function answered(TaskId: string, result: unknown): StepEvent {
  if (!isReadResult(result, TaskId)) return { type: 'gone', TaskId }
  if (result.kind === 'gone') return { type: 'gone', TaskId, ...(result.ofFile ? { ofOtherFile: true } : {}) }
  const { reading, namesNone } = result
  return { type: 'seen', TaskId, reading, ...(namesNone ? { namesNone } : {}) }
}
