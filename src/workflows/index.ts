/**
 * For composing inside your own workflows, and the workflow types that a worker serves. Re-export what your
 * worker shall serve from your workflow file: `export { processMediaByProcedure } from 'vodflow/workflows'`.
 */

export type { StepDelays } from '../vod/delays.js'
export type { LibraryInput, LibraryProgress, LibraryReport } from '../vod/library.js'
export type {
  Moderation,
  ModerationSegment,
  Outcome,
  OutcomeStatus,
  Part,
  Reading,
  Verdict,
} from '../vod/outcome.js'
export type { AdoptInput, RunInput, StepInput } from '../vod/stepInput.js'
export type { UploadedMedia } from '../vod/upload.js'
export { adoptTask } from './adoptTask.js'
export { callVod, type VodCallAnswer, type VodCallOptions, type VodCallRequest } from './callVod.js'
export type { Decide, Evidence, GateDecision, GateView } from './gates/contract.js'
export type { GateEvent, PolicyVerdict, ReviewGateInput } from './gates/input.js'
export { reviewGate } from './gates/reviewGate.js'
export { processLibrary } from './library/processLibrary.js'
export { type Notification, notify } from './notify.js'
export { processUpload, type UploadReport } from './processUpload.js'
export type { Cancelled, NetCounts, Progress, TaskProgress } from './progress.js'
export { requireSuccess } from './requireSuccess.js'
export {
  composeMedia,
  editMedia,
  processMedia,
  processMediaByProcedure,
  pullUpload,
  reviewAudioVideo,
  splitMedia,
} from './steps.js'
export { sweep } from './sweep.js'
