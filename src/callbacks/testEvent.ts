import { type MacKeys, type StepAddress, sealSessionContext } from '../vod/token.js'

export interface TestEvent {
  readonly address: StepAddress
  readonly keys: MacKeys
  readonly TaskId: string
  /** Default `ProcedureStateChanged`. */
  readonly EventType?: 'ProcedureStateChanged' | 'ReviewAudioVideoComplete'
  /** Default `FINISH`. */
  readonly Status?: 'PROCESSING' | 'FINISH'
  /** The caller's own context. */
  readonly callerContext?: string
}

/** For your tests: the body of a callback as VOD sends it for a waiting step. */
export function signedTestEvent({
  address,
  keys,
  TaskId,
  EventType = 'ProcedureStateChanged',
  Status = 'FINISH',
  callerContext,
}: TestEvent): string {
  const SessionContext = sealSessionContext(address, keys, callerContext)
  const task = { TaskId, Status, SessionContext, SessionId: '' }
  const event =
    EventType === 'ProcedureStateChanged'
      ? { EventType, ProcedureStateChangeEvent: { ...task, MediaProcessResultSet: [] } }
      : { EventType, ReviewAudioVideoCompleteEvent: { ...task, ErrCodeExt: '', Message: 'SUCCESS' } }
  return JSON.stringify(event)
}
