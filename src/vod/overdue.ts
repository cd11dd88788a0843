/**
 * Search attribute, a Datetime: since when VOD no longer shows the tasks of a run that still waits. Register it once:
 * `temporal operator search-attribute create --name VodflowOverdueSince --type Datetime`. No zod here: workflows import
 * this file.
 */
export const overdueAttribute = 'VodflowOverdueSince'
