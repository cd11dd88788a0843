/** Quotes a text for a query of Temporal's lists. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** The statuses by which Temporal's lists can be searched. */
export const runStatuses = [
  'Running',
  'Paused',
  'Completed',
  'Failed',
  'Canceled',
  'Terminated',
  'ContinuedAsNew',
  'TimedOut',
] as const
