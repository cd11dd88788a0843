/**
 * Functions for your own workflows, and the workflow types that a worker serves. Re-export the types that your
 * worker serves from your workflow file: `export { processMediaByProcedure } from 'vodflow/workflows'`.
 */

export {
  NotInWorkflowError,
  PluginMissingError,
  ReadOnlyHandlerError,
  UnsupportedSdkError,
} from '../base/inWorkflows.js'
export { VodflowError } from '../base/vodflowError.js'
export type { SubmitAction } from '../contract/actions.js'
export type { StepDelays } from '../contract/delays.js'
export type { Duration, DurationUnit } from '../contract/duration.js'
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
  PulledMedia,
  StartedTask,
  StepAttempt,
  SubTaskCounts,
  SucceededOutcome,
  TaskPart,
  TaskReading,
  TaskStatus,
  UnknownOutcome,
} from '../contract/outcome.js'
export type { CancelSummary, EndedByCounts, RunProgress, TaskProgress } from '../contract/progress.js'
export type * from '../contract/requests.js'
export type {
  AdoptInput,
  AnyOutcome,
  RunInput,
  StepFunction,
  StepInput,
  TakesEverything,
  TakesPartial,
  TakesSuccess,
} from '../contract/stepInput.js'
export type { UploadedMedia } from '../contract/upload.js'
export {
  callVod,
  type VodApi,
  type VodCallAnswer,
  type VodCallOptions,
  type VodCallRequest,
} from './callVod.js'
export type { GateEvent, PolicyVerdict, ReviewGateInput } from './gates/input.js'
export { reviewGate } from './gates/reviewGate.js'
export { notify, type WebhookNotification } from './notify.js'
export type { UploadReport } from './processUpload.js'
export { adoptTask } from './step/adoptTask.js'
export {
  composeMedia,
  editMedia,
  processMedia,
  processMediaByProcedure,
  pullUpload,
  reviewAudioVideo,
  splitMedia,
} from './steps.js'
