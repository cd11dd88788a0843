/** Workflow type of a run. A contract: it never changes. No zod here: workflows import this file. */
export const runType = 'processMediaByProcedure'

/** Memo fields of a run. A contract: they never change. */
export const memoFields = {
  /** The request as it was asked for, with account and key. */
  request: 'vodflow.request',
  /** Why it was run again. */
  reason: 'vodflow.reason',
  /** Written by the run itself when it is cancelled. */
  cancelled: 'vodflow.cancelled',
  /** Which part of its batch has started it. */
  part: 'vodflow.library.part',
  /** What a batch was started with. */
  library: 'vodflow.library',
} as const
