import { createHash } from 'node:crypto'
import { type MacKeys, type StepAddress, sealSessionContext } from '../contract/seal/token.js'

/** The parts of an event for tests, as VOD would push it. */
export interface TestEventOptions {
  /** The step to wake. */
  readonly address: StepAddress
  /** The keys that sign the token. */
  readonly keys: MacKeys
  /** Id of the task that the event announces. */
  readonly TaskId: string
  /** Default `ProcedureStateChanged`. */
  readonly EventType?: 'ProcedureStateChanged' | 'ReviewAudioVideoComplete' | undefined
  /** Default `FINISH`. */
  readonly Status?: 'PROCESSING' | 'FINISH' | 'ABORTED' | undefined
  /** Progress of each sub-task, 0 to 100, as `TasksNotifyMode` `Change` shows it. Default: no sub-tasks. */
  readonly progress?: readonly number[] | undefined
  /** The caller's own context. */
  readonly callerContext?: string | undefined
  /** Adds `Sign` and `T` as VOD does if a SignKey is set. */
  readonly signKey?: string | undefined
  /** Time at which the Sign expires, Unix time in seconds. Default: in 10 minutes. */
  readonly T?: number | undefined
}

/**
 * Returns the body of a callback as VOD sends it for a waiting step. Use it in your tests.
 *
 * @example
 * const body = signedTestEvent({ address, keys, TaskId: '1500000001-procedurev2-aaaa' })
 * const response = await handler(new Request('http://localhost/', { method: 'POST', body }))
 */
export function signedTestEvent({
  address,
  keys,
  TaskId,
  EventType = 'ProcedureStateChanged',
  Status = 'FINISH',
  progress = [],
  callerContext,
  signKey,
  T = Math.floor(Date.now() / 1000) + 600,
}: TestEventOptions): string {
  const SessionContext = sealSessionContext(address, keys, callerContext)
  const task = { TaskId, Status, SessionContext, SessionId: '' }
  const MediaProcessResultSet = progress.map((Progress) => ({
    Type: 'Transcode',
    TranscodeTask: { Status: Progress < 100 ? 'PROCESSING' : 'SUCCESS', ErrCodeExt: '', Progress },
    AnimatedGraphicTask: null,
  }))
  const event =
    EventType === 'ProcedureStateChanged'
      ? { EventType, ProcedureStateChangeEvent: { ...task, MediaProcessResultSet } }
      : { EventType, ReviewAudioVideoCompleteEvent: { ...task, ErrCodeExt: '', Message: 'SUCCESS' } }
  if (signKey === undefined) return JSON.stringify(event)
  const Sign = createHash('md5').update(`${signKey}${T}`).digest('hex')
  return JSON.stringify({ ...event, Sign, T })
}
