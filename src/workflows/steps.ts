import { submitStep } from './step/submitStep.js'

/*
 * One step for each asynchronous action. Each is a workflow of its own (start it by its name), or a step to await inside another
 * workflow. All of them:
 *
 * - take the request with the API's own field names, and how to wait: see StepInput. It is parsed by the first activity, so that a
 *   run can be started from anywhere.
 * - return the outcome of media that succeeded. A moderation verdict does not change `status`: ask `reviewGate` before you publish.
 * - throw ApplicationFailure when the media did not succeed, with one type for each status (`MediaPartial`, `MediaFailed`,
 *   `MediaAborted`, `MediaUnknown`, `MediaDetached`) and the outcome as its detail. `onPartial` and `onFailure` say what else to do.
 * - throw ApplicationFailure when VOD, or the parser before it, refuses the request: nothing was made. Its type is the class of the
 *   error, its details hold code, RequestId and remedy.
 * - throw CancelledFailure when cancelled; the memo `vodflow.cancelled` says what was stopped and what goes on: VOD can abort only a
 *   WAITING task.
 * - are paid for at most once for each attempt, whatever happens; there is one attempt, unless `onPartial` asks to repair.
 */

/** Starts a task flow on a media file, and waits until every task it makes has ended. Source: "ProcessMediaByProcedure". */
export const processMediaByProcedure = submitStep('ProcessMediaByProcedure')

/** Processes a media file with the sub-tasks that the request names, instead of a template. Source: "ProcessMedia". */
export const processMedia = submitStep('ProcessMedia')

/**
 * Fetches media from a URL into VOD; with `Procedure` the task flow that it starts is waited for too. `newFileIds` and `FileId` of
 * the outcome name the new media file. Up to 78 of VOD's 250 characters of SourceContext are ours: a mark with a MAC tells which step
 * has made the media. Source: "PullUpload".
 */
export const pullUpload = submitStep('PullUpload')

/** Cuts and joins media files into a new one, `newFileIds[0]`; with `ProcedureName` its task flow is waited for too. Source: "EditMedia". */
export const editMedia = submitStep('EditMedia')

/** Puts tracks together into a new media file, `newFileIds[0]`. Source: "ComposeMedia". */
export const composeMedia = submitStep('ComposeMedia')

/** Cuts a media file into several, `newFileIds` in the order of `Segments`; the task flows of segments are waited for too. Source: "SplitMedia". */
export const splitMedia = submitStep('SplitMedia')

/** Moderates a media file; the verdict is `moderation` of the outcome. Source: "ReviewAudioVideo". */
export const reviewAudioVideo = submitStep('ReviewAudioVideo')
