/**
 * Evaluated once in a worker and shared by all of its runs (Temporal's `preloadModules`), where other modules are evaluated anew for
 * each: a run starts sooner, and waits in less memory. Temporal freezes what is here, so nothing that is imported, however far
 * away, may keep anything of a run: not the inbox, the board, the gates, nor `notify`.
 */

export * as defaultKey from '../vod/defaultKey.js'
export * as identity from '../vod/identity.js'
export * as joinAttempts from '../vod/joinAttempts.js'
export * as syncActions from '../vod/syncActions.js'
export * as details from './details.js'
export * as gateContract from './gates/contract.js'
export * as gateDetails from './gates/details.js'
export * as gateEvidence from './gates/evidence.js'
export * as gateInput from './gates/input.js'
export * as inputs from './inputs.js'
export * as countItems from './library/countItems.js'
export * as libraryMessages from './library/messages.js'
export * as libraryReport from './library/report.js'
export * as tellLibrary from './library/tellLibrary.js'
export * as progress from './progress.js'
export * as drive from './step/drive.js'
export * as measure from './step/measure.js'
export * as progressOf from './step/progressOf.js'
