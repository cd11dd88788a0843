import { type SubmitAction, stepNameOf, submitActions } from './actions.js'

/* These names are a contract. They do not change after version 1.0. */

/** Returns true for the names of vodflow's signals, updates and queries. */
export function isOurs(name: unknown): name is string {
  return typeof name === 'string' && name.startsWith('vodflow.')
}

/** The workflow type of a run. */
export const runType = 'processMediaByProcedure'

/** The workflow type of a run that adopts a task. */
export const adoptType = 'adoptTask'

/** The prefix of the ids of workflows that vodflow starts for itself: sweeps and plans of batches. */
export const internalIds = 'vodflow/'

/**
 * Returns the part of a workflow id that names the application of a media file: the SubAppId, else the alias of the account, else nothing.
 * The parts after it tell an id without it from one with it: no part starts with `account:`, and their number differs.
 */
export function placeIn({ SubAppId, account = 'default' }: Place): string {
  if (SubAppId !== undefined) return `${SubAppId}/`
  return account === 'default' ? '' : `account:${account}/`
}

interface Place {
  readonly SubAppId?: number | undefined
  readonly account?: string | undefined
}

/** The longest id that Temporal accepts, in bytes. A longer one fails every workflow task. */
export const maxIdBytes = 1_000

/** The longest id of a batch, in bytes. The id of an item's run consists of the batch's id and a FileId. */
export const maxBatchIdBytes = maxIdBytes - 65

/** The workflow types of runs of one action. */
export const submitTypes: ReadonlyMap<string, SubmitAction> = new Map(
  submitActions.map((action) => [stepNameOf(action), action]),
)

/** The workflow types of runs of one step: one for each action, and one for an adopted task. */
export const stepTypes: readonly string[] = [...submitTypes.keys(), adoptType]

/** The header that names the work of a run. Its value is an `Identity`. */
export const identityHeader = 'vodflow-identity'

/** The type of the failure with which a workflow task asks for a replay. It is not a problem of the run. */
export const lateResultType = 'LateLocalResult'

/** The memo fields of a run. */
export const memoFields = {
  /** The original request, with account and key. */
  request: 'vodflow.request',
  /** The hash of the arguments that the workflow of a user was started with. */
  args: 'vodflow.args',
  /** The name of a child start for its parent, in place of the arguments. */
  key: 'vodflow.key',
  /** The reason of a rerun. */
  reason: 'vodflow.reason',
  /** The summary that the run itself writes when it is canceled. */
  canceled: 'vodflow.canceled',
  /** The position in the source of its batch, counted from 0. */
  position: 'vodflow.batch.position',
  /** The input of a batch. */
  batch: 'vodflow.batch',
} as const
