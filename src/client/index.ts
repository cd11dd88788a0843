/** For apps: start runs, wait for them, look at them, cancel them. Loads neither a worker nor Tencent's SDK. */
export { payloadEncryption } from '../temporal/encryption.js'
export type { Build, Lack } from '../temporal/routing.js'
export type { SubmitQueue } from '../temporal/submits.js'
export { type ErrorClass, InvalidInputError } from '../vod/errors.js'
export type {
  ItemStatus,
  LibraryControl,
  LibraryCounts,
  LibraryFailure,
  LibraryInput,
  LibraryPlan,
  LibraryProgress,
  LibraryReport,
  LibrarySource,
} from '../vod/library.js'
export type {
  Attempt,
  Moderation,
  ModerationSegment,
  Outcome,
  OutcomeStatus,
  Part,
  PartStatus,
  Reading,
  TaskStatus,
  Verdict,
} from '../vod/outcome.js'
export type { RunInput } from '../vod/stepInput.js'
export type { Decide, Evidence, GateDecision, GateView } from '../workflows/gates/contract.js'
export type {
  Cancelled,
  NetCounts,
  Progress,
  RunView,
  StepProgress,
  TaskProgress,
} from '../workflows/progress.js'
export type { AdoptOptions, AdoptRequest } from './adopt.js'
export type { Batch } from './batch.js'
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
  RefusedError,
  RequestMismatchError,
  RunCancelledError,
  RunError,
  RunFailedError,
  RunNotFoundError,
  RunPartialError,
  RunPausedError,
  RunStillOpenError,
  RunTerminatedError,
  TemporalUnreachableError,
  UnreadableError,
  VodflowError,
  WorkflowTaskFailingError,
} from './errors.js'
export type { FailingActivity } from './failingActivities.js'
export type { Library, LibraryRequest, RerunFailedOptions } from './library.js'
export type { ListOptions, RunSummary } from './list.js'
export type { ProcessOptions, ProcessRequest, RerunOptions } from './plan.js'
export type { Run, RunLook, WatchOptions } from './run.js'
export type { Vodflow } from './vodflow.js'
export { workflowIdOf } from './workflowId.js'
