/** The client for apps: start, await, inspect and cancel runs. It loads neither a worker nor Tencent's SDK. */

export { VodflowError } from '../base/vodflowError.js'
export type { SubmitAction } from '../contract/actions.js'
export type {
  BatchControl,
  BatchCounts,
  BatchFailure,
  BatchInput,
  BatchPlan,
  BatchProgress,
  BatchReport,
  BatchSource,
  ItemStatus,
} from '../contract/batch.js'
export type { StepDelays } from '../contract/delays.js'
export type { Duration, DurationUnit } from '../contract/duration.js'
export { type ErrorClass, type FieldProblem, InvalidInputError } from '../contract/errors.js'
export type { DecideOptions, GateDecision, GateEvidence, GateView } from '../contract/gates.js'
export type {
  DetachedOutcome,
  EndedBy,
  FailedOutcome,
  FlowTask,
  ModerationResult,
  ModerationSegment,
  ModerationVerdict,
  Outcome,
  OutcomeFields,
  OutcomeStatus,
  PartialOutcome,
  PartStatus,
  StartedTask,
  StepAttempt,
  SubTaskCounts,
  SucceededOutcome,
  TaskPart,
  TaskReading,
  TaskStatus,
  UnknownOutcome,
} from '../contract/outcome.js'
export type {
  CancelSummary,
  EndedByCounts,
  RunProgress,
  RunView,
  StepProgress,
  TaskProgress,
  UnreadSignalReason,
  UnreadSignals,
} from '../contract/progress.js'
export type * from '../contract/requests.js'
export type { AdoptInput, RunInput, StepInput } from '../contract/stepInput.js'
export { payloadEncryption } from '../temporal/encryption.js'
export type { NoWorkerDetails } from '../temporal/routing.js'
export type { StartRequest } from '../temporal/startOf.js'
export type { SubmitQueue } from '../temporal/submits.js'
export type { AdoptOptions, AdoptRequest } from './adopt.js'
export type { BatchHandle } from './batch.js'
export type {
  BatchClient,
  BatchRequest,
  RerunFailedOptions,
  ScheduleBatchOptions,
  StartBatchOptions,
} from './batches.js'
export { type ConnectOptions, connect } from './connect.js'
export type { TemporalOptions } from './connection.js'
export { requireSameRequest } from './earlierRun.js'
export type { RequestDifference, RunPause } from './errorDetails.js'
export {
  ClosedError,
  DecisionRefusedError,
  NoAnswerError,
  NoWorkerError,
  RequestMismatchError,
  RunNotFoundError,
  RunPausedError,
  RunStillOpenError,
  TemporalUnreachableError,
  UnreadableError,
  WorkflowTaskFailingError,
} from './errors.js'
export type { ListOptions, RunSummary } from './list.js'
export type { ProcessOptions, ProcessRequest, RerunOptions } from './plan.js'
export type { RetriedActivity } from './retriedActivities.js'
export type { ResultOptions, RunDescription, RunHandle, WatchOptions } from './run.js'
export {
  RefusedError,
  RunCanceledError,
  RunError,
  RunFailedError,
  RunMediaError,
  RunTerminatedError,
} from './runErrors.js'
export type { SetByStart, StartOptions, StartSettings } from './start.js'
export type { Vodflow } from './vodflow.js'
export { workflowIdFor } from './workflowId.js'
