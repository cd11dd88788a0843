/** The client for apps: start, await, inspect and cancel runs. It loads neither a worker nor Tencent's SDK. */

export { VodflowError } from '../base/vodflowError.js'
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
export { type ErrorClass, InvalidInputError } from '../contract/errors.js'
export type { Decide, Evidence, GateDecision, GateView } from '../contract/gates.js'
export type {
  Attempt,
  FailedOutcome,
  Moderation,
  ModerationSegment,
  Outcome,
  OutcomeStatus,
  Part,
  PartialOutcome,
  PartStatus,
  Reading,
  SucceededOutcome,
  TaskStatus,
  UnknownOutcome,
  Verdict,
} from '../contract/outcome.js'
export type {
  CancelSummary,
  NetCounts,
  Progress,
  RunView,
  StepProgress,
  TaskProgress,
} from '../contract/progress.js'
export type { RunInput } from '../contract/stepInput.js'
export { payloadEncryption } from '../temporal/encryption.js'
export type { Build, Lack } from '../temporal/routing.js'
export type { SubmitQueue } from '../temporal/submits.js'
export type { AdoptOptions, AdoptRequest } from './adopt.js'
export type { Batch } from './batch.js'
export type {
  Batches,
  BatchRequest,
  RerunFailedOptions,
  ScheduleBatchOptions,
  StartBatchOptions,
} from './batches.js'
export { type ConnectOptions, connect } from './connect.js'
export type { TemporalOptions } from './connection.js'
export { requireSameRequest } from './earlierRun.js'
export {
  ClosedError,
  DecisionRefusedError,
  type Difference,
  NoAnswerError,
  NoWorkerError,
  type Pause,
  RequestMismatchError,
  RunNotFoundError,
  RunPausedError,
  RunStillOpenError,
  TemporalUnreachableError,
  UnreadableError,
  WorkflowTaskFailingError,
} from './errors.js'
export type { FailingActivity } from './failingActivities.js'
export type { ListOptions, RunSummary } from './list.js'
export type { ProcessOptions, ProcessRequest, RerunOptions } from './plan.js'
export type { Run, RunLook, WatchOptions } from './run.js'
export {
  RefusedError,
  RunCancelledError,
  RunError,
  RunFailedError,
  RunMediaError,
  RunTerminatedError,
} from './runErrors.js'
export type { StartOptions } from './start.js'
export type { Vodflow } from './vodflow.js'
export { workflowIdOf } from './workflowId.js'
