/**
 * Evaluated once in a worker and shared by all of its runs (Temporal's `preloadModules`), where other modules are evaluated anew for
 * each: a run starts sooner, and waits in less memory. Temporal freezes what is here, so nothing that is imported, however far
 * away, may keep anything of a run: not the inbox, the board, the gates, nor `notify`.
 */

export * as defaultKey from '../../contract/defaultKey.js'
export * as gateContract from '../../contract/gates.js'
export * as identity from '../../contract/identity.js'
export * as inputs from '../../contract/inputs.js'
export * as joinAttempts from '../../contract/joinAttempts.js'
export * as progress from '../../contract/progress.js'
export * as syncActions from '../../contract/syncActions.js'
export * as countItems from '../batch/countItems.js'
export * as batchMessages from '../batch/messages.js'
export * as notifyBatch from '../batch/notifyBatch.js'
export * as batchReport from '../batch/report.js'
export * as gateDetails from '../gates/details.js'
export * as gateEvidence from '../gates/evidence.js'
export * as gateInput from '../gates/input.js'
export * as drive from '../step/drive.js'
export * as measure from '../step/metrics.js'
export * as progressOf from '../step/progressOf.js'
export * as details from './stepMarkdown.js'
