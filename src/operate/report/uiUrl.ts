/** Returns the address of an execution's page in the Temporal UI. */
export function uiUrlOf(
  ui: string,
  namespace: string,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): string {
  const path = ['namespaces', namespace, 'workflows', workflowId, runId].map(encodeURIComponent)
  return `${ui.replace(/\/$/, '')}/${path.join('/')}`
}
