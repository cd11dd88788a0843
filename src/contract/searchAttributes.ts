/**
 * Search attributes of runs, and their types in Temporal. `vodflow setup` registers them; without them everything works but a search
 * by them. Those of the request are given at the start, where they cost nothing; only the last is ever set by a run. A contract:
 * they never change.
 */
export const searchAttributeTypes = {
  VodflowFileId: 'Keyword',
  VodflowProcedure: 'Keyword',
  VodflowSubAppId: 'Int',
  VodflowOverdueSince: 'Datetime',
} as const

/** Since when VOD no longer shows the tasks of a run that still waits. */
export const overdueAttribute = 'VodflowOverdueSince'
