import { type SubmitAction, submitActions } from './actions.js'

/* A contract: these names never change. */

/** Workflow type of a run. */
export const runType = 'processMediaByProcedure'

/** Workflow type of a run that takes over a task. */
export const adoptType = 'adoptTask'

/** Ids of the workflows that vodflow starts for itself begin so: sweeps, plans of batches. */
export const internalIds = 'vodflow/'

/** Temporal takes no longer id, in bytes; what is longer fails the workflow task again and again. */
export const maxIdBytes = 1_000

/** The id of an item's run is that of the batch and a FileId. */
export const maxBatchIdBytes = maxIdBytes - 65

/** Workflow types of a run of one action. */
export const submitTypes: ReadonlyMap<string, SubmitAction> = new Map(
  submitActions.map((action) => [`${action.charAt(0).toLowerCase()}${action.slice(1)}`, action]),
)

/** Workflow types of a run of one step: that of each action, and of a task that was taken over. */
export const stepTypes: readonly string[] = [...submitTypes.keys(), adoptType]

/** Name of the header that names the work of a run; its value is an `Identity`. */
export const identityHeader = 'vodflow-identity'

/** Type of the failure with which a workflow task asks to be replayed. It is no problem of the run. */
export const lateResultType = 'LateLocalResult'

/** Memo fields of a run. */
export const memoFields = {
  /** The request as it was asked for, with account and key. */
  request: 'vodflow.request',
  /** Hash of the arguments that the workflow of a user was started with. */
  args: 'vodflow.args',
  /** Of a child: names its start for its parent, in place of its arguments. */
  key: 'vodflow.key',
  /** Why it was run again. */
  reason: 'vodflow.reason',
  /** Written by the run itself when it is cancelled. */
  cancelled: 'vodflow.cancelled',
  /** Where it stands in the source of its batch, counted from 0. */
  position: 'vodflow.batch.position',
  /** What a batch was started with. */
  batch: 'vodflow.batch',
} as const
