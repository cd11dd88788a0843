import type { History } from '@temporalio/common/lib/proto-utils.js'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import type { RunSummary, Vodflow } from '../../client/index.js'
import { summaryOfRun } from '../../client/list.js'
import { InvalidInputError } from '../../contract/errors.js'
import { stepTypes } from '../../contract/runNames.js'
import { version } from '../../contract/version.js'
import { within } from '../../contract/within.js'
import { executionsIn } from '../../temporal/executions.js'
import { quoted } from '../../temporal/listQuery.js'
import { type PayloadReader, payloadReader } from '../../temporal/payloads.js'
import type { CaseFile, RunFile } from './caseFile.js'
import { runFileOf } from './runFile.js'
import { uiUrlOf } from './uiUrl.js'

export interface GatherOptions {
  /** Address of the Temporal UI, for links. */
  readonly ui?: string | undefined
  /** Maximum number of runs, the latest first. Default 20. */
  readonly limit?: number | undefined
}

/** Returns the case file of some workflow ids, with every run that Temporal still has. */
export async function gather(
  vodflow: Vodflow,
  { id, workflowIds, ui, limit = 20 }: GatherOptions & { id: string; workflowIds: readonly string[] },
): Promise<CaseFile> {
  const found = (await Promise.all(workflowIds.map((workflowId) => runsOf(vodflow, workflowId)))).flat()
  found.sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime())
  const runs: RunFile[] = []
  for (const run of found.slice(0, limit)) runs.push(await runFile(vodflow, run, ui))
  return {
    v: 1,
    id,
    madeAt: new Date().toISOString(),
    vodflow: version,
    runs,
    omitted: found.length - runs.length,
  }
}

/** Returns the case file of an exported history: `temporal workflow show --output json`. */
export async function gatherExported(given: unknown, read: PayloadReader, id: string): Promise<CaseFile> {
  const { events } = historyOf(given)
  const started = events?.[0]?.workflowExecutionStartedEventAttributes
  if (!events || !started) throw notAHistory('its first event is not the start of a workflow')
  const source = {
    namespace: '',
    workflowId: started.workflowId ?? '',
    runId: started.originalExecutionRunId ?? '',
  }
  const run = await runFileOf({ ...source, events, read })
  return { v: 1, id, madeAt: new Date().toISOString(), vodflow: version, runs: [run], omitted: 0 }
}

function historyOf(given: unknown): History {
  try {
    return historyFromJSON(given)
  } catch (error) {
    throw notAHistory(error instanceof Error ? error.message : String(error))
  }
}

function notAHistory(why: string): InvalidInputError {
  return new InvalidInputError([
    {
      field: '--history',
      problem: `is not the history of a workflow: ${why}`,
      remedy: 'pass a file written by "temporal workflow show --output json"',
    },
  ])
}

/** Returns the runs of a workflow id. The latest run is read separately, because lists lag. */
async function runsOf({ client }: Vodflow, workflowId: string): Promise<RunSummary[]> {
  const latest = summaryOfRun(await executionsIn(client).getHandle(workflowId).describe())
  const runs = new Map([[latest.runId, latest]])
  for await (const run of executionsIn(client).list({ query: `WorkflowId = ${quoted(workflowId)}` }))
    if (!runs.has(run.runId)) runs.set(run.runId, summaryOfRun(run))
  return [...runs.values()]
}

/** Time for the worker of a run to show its gates, ms. The history shows everything else. */
const gatesMs = 5_000

async function openGates(vodflow: Vodflow, { workflowId, runId, type, status }: RunSummary) {
  if (status !== 'RUNNING' || stepTypes.includes(type)) return []
  const gates = await within(gatesMs, vodflow.gates(workflowId)).catch(() => [])
  return gates.filter((gate) => gate.status === 'open' && gate.runId === runId)
}

async function runFile(vodflow: Vodflow, run: RunSummary, ui: string | undefined): Promise<RunFile> {
  const { client } = vodflow
  const { workflowId, runId, reason } = run
  const handle = executionsIn(client).getHandle(workflowId, runId)
  const { events } = await handle.fetchHistory()
  const pending = run.status === 'RUNNING' ? (await handle.describe()).raw.pendingActivities : undefined
  return runFileOf({
    namespace: client.options.namespace,
    workflowId,
    runId,
    events: events ?? [],
    read: payloadReader(client.options),
    gates: await openGates(vodflow, run),
    ...(pending ? { pending } : {}),
    ...(ui === undefined ? {} : { uiUrl: uiUrlOf(ui, client.options.namespace, run) }),
    reason,
  })
}
