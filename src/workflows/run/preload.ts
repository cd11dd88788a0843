/**
 * Modules that a worker evaluates once and shares between all runs (Temporal's `preloadModules`). Other modules are evaluated again for
 * each run. A run thus starts sooner and uses less memory. Temporal freezes these modules, so none of them, nor any module that they
 * import, may hold state of a run. The gates, `notify`, and in this folder `currentDetails`, `deliverSignals`, `identity`, `inbox`,
 * `localReads`, `signals` and `unread` hold such state.
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
