import type { PulledMedia } from '../contract/outcome.js'
import { submitStep } from './step/submitStep.js'

/*
 * One step for each asynchronous action. Each is a workflow of its own (start it by its name), or a step to await inside another
 * workflow. All of them:
 *
 * - take the request with the API's own field names, and options: see StepInput. The first activity parses the request, so a
 *   run can be started from anywhere.
 * - return the outcome of media that succeeded. A moderation verdict does not change `status`: use `reviewGate` before you publish.
 * - throw ApplicationFailure if the media do not succeed, with one type for each status (`MediaPartial`, `MediaFailed`,
 *   `MediaAborted`, `MediaUnknown`, `MediaDetached`) and the outcome as its detail. `onPartial` and `onFailure` change this.
 * - throw ApplicationFailure if VOD, or the parser before the call, refuses the request: nothing was made. Its type is the class of the
 *   error, and its details contain code, RequestId and remedy.
 * - throw CancelledFailure when canceled. The memo `vodflow.canceled` shows which tasks were stopped and which continue, because VOD can
 *   abort only a WAITING task.
 * - are billed at most once for each attempt. There is one attempt, unless `onPartial` asks for a repair.
 */

/** Starts a task flow on a media file, and waits until all of its tasks have ended. Source: "ProcessMediaByProcedure". */
export const processMediaByProcedure = submitStep('ProcessMediaByProcedure')

/** Processes a media file with the sub-tasks in the request instead of a template. Source: "ProcessMedia". */
export const processMedia = submitStep('ProcessMedia')

/**
 * Fetches media from a URL into VOD. With `Procedure`, it also waits for the task flow that VOD starts. `newFileIds` and `FileId` of
 * the outcome name the new media file. vodflow uses up to 78 of VOD's 250 characters of SourceContext for a mark with a MAC, which
 * identifies the step that made the media. Source: "PullUpload".
 */
export const pullUpload = submitStep<'PullUpload', PulledMedia>('PullUpload')

/** Cuts and joins media files into a new one, `newFileIds[0]`. It also waits for the flow of a `ProcedureName`. Source: "EditMedia". */
export const editMedia = submitStep('EditMedia')

/** Composes tracks into a new media file, `newFileIds[0]`. Source: "ComposeMedia". */
export const composeMedia = submitStep('ComposeMedia')

/**
 * Cuts a media file into several, `newFileIds` in the order of `Segments`. It also waits for the task flows of segments.
 * Source: "SplitMedia".
 */
export const splitMedia = submitStep('SplitMedia')

/** Moderates a media file. The verdict is `moderation` of the outcome. Source: "ReviewAudioVideo". */
export const reviewAudioVideo = submitStep('ReviewAudioVideo')
