import type { Activator } from './activator.js'

/**
 * Fails only the query if its arguments cannot be read. Temporal's SDK would fail the workflow task that carries the query, so anyone who
 * repeats such a query would hold the run up (measured). A query changes nothing, so a replay does not see the difference.
 */
export function refuseUnreadableQueries(activator: Activator): void {
  const answer = activator.queryWorkflow.bind(activator)
  activator.queryWorkflow = (query) => {
    try {
      answer(query)
    } catch (error) {
      if (!query.queryId) throw error
      activator.failQuery(query.queryId, error)
    }
  }
}
