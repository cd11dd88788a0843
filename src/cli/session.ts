import type { RunSummary, Vodflow } from '../client/index.js'
import type { VodLookup } from '../operate/find/findRuns.js'
import { uiUrlOf } from '../operate/report/uiUrl.js'
import type { VodClient } from '../vod/client.js'

/** Connects with Temporal's own settings, and always closes the connection. */
export async function withVodflow<T>(
  { account }: { readonly account?: string | undefined },
  work: (vodflow: Vodflow) => Promise<T>,
): Promise<T> {
  const { connect } = await import('../client/index.js')
  const vodflow = await connect(account === undefined ? {} : { account })
  try {
    return await work(vodflow)
  } finally {
    await vodflow.close()
  }
}

/** Returns the page of a run in the Temporal UI if its address is set. */
export function uiUrlOfEnvironment(
  { client }: Vodflow,
  run: Pick<RunSummary, 'workflowId' | 'runId'>,
): string | undefined {
  const { VODFLOW_TEMPORAL_UI: ui } = process.env
  return ui ? uiUrlOf(ui, client.options.namespace, run) : undefined
}

/** Creates a VOD client outside the workers' queues, with the keys and the endpoint of the environment. */
export async function vodOfEnvironment(): Promise<VodClient> {
  const { createVodClient, outsideQueues } = await import('../vod/client.js')
  const { endpointOfEnvironment } = await import('../vod/endpoint.js')
  return createVodClient({ ...endpointOfEnvironment(), callsPerSecond: outsideQueues })
}

/** Returns what looks up a TaskId or a SessionId at VOD, or the setting that is missing for it. */
export async function lookupOfEnvironment(
  subApp?: number,
): Promise<VodLookup | { readonly missing: string }> {
  const { VODFLOW_MAC_KEYS: macKeys } = process.env
  if (!macKeys) return { missing: 'set VODFLOW_MAC_KEYS to those of the worker' }
  const { parseMacKeys } = await import('../contract/seal/macKeys.js')
  return { vod: await vodOfEnvironment(), keys: parseMacKeys(macKeys), SubAppId: subApp }
}
