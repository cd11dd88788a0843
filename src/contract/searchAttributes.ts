/**
 * The search attributes of runs, with their types in Temporal. `vodflow setup` registers them. Without them, everything works except a
 * search by them. The attributes of the request are set at the start, where they cost nothing. A run sets only the last one. They are a
 * contract and never change.
 */
export const searchAttributeTypes = {
  VodflowFileId: 'Keyword',
  VodflowProcedure: 'Keyword',
  VodflowTaskId: 'Keyword',
  VodflowSubAppId: 'Int',
  VodflowOverdueSince: 'Datetime',
} as const

/** The time since which VOD no longer shows the tasks of a waiting run. */
export const overdueAttribute = 'VodflowOverdueSince'

/** The task that a run has adopted. The token of any other task names its run. */
export const adoptedAttribute = 'VodflowTaskId'
