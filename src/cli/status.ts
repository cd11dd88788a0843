import type { Command } from 'commander'
import { VodflowError } from '../base/vodflowError.js'
import type { Outcome, RunHandle, RunSummary, Vodflow } from '../client/index.js'
import { overdue } from '../client/stuckText.js'
import { batchType } from '../contract/batch.js'
import { stepTypes } from '../contract/runNames.js'
import { within } from '../contract/within.js'
import { commandText } from '../operate/report/commandText.js'
import { type DescribedRun, describeTree, inWords, linesOf } from './describeRun.js'
import { isGood, outcomeLine, type ReturnValue, resultText, returnedBy } from './ended.js'
import { columnsOf, type Line, laidOut } from './layout.js'
import { isOpen, runsOf } from './oneRun.js'
import { subAppOption } from './options.js'
import { asShown, notGood, print, statusText, timeOf } from './print.js'
import { uiUrlOfEnvironment, withVodflow } from './session.js'

interface StatusFlags {
  readonly subApp?: number
  readonly urls: boolean
  readonly json: boolean
}

/** The state of a run. `problem` also says why a run ended without a result. */
type Status = RunSummary &
  Partial<DescribedRun> & { readonly outcome?: Outcome; readonly result?: unknown; readonly uiUrl?: string }

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('shows the state of a media file, by workflow id, run id, FileId, TaskId or SessionId')
    .argument('<id>')
    .option('--sub-app <SubAppId>', 'sub-app of a FileId, TaskId or SessionId', subAppOption)
    .option('--urls', 'list the URLs of the outputs', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', help)
    .action(async (id: string, { subApp, urls, json }: StatusFlags) => {
      await withVodflow({}, async (vodflow) => {
        const runs = await runsOf(vodflow, id, { subApp })
        const all = await Promise.all(runs.slice(0, maxShown).map((run) => withUi(vodflow, run)))
        const more = runs.length - all.length
        const columns = columnsOf(process.stdout)
        const outputs = await Promise.all(all.map((each) => (urls && !json ? outputsOf(vodflow, each) : [])))
        print(json, { id, runs: all.map(asShown), ...(more > 0 ? { more } : {}) }, () => [
          ...all.flatMap((each, index) => textOf(each, { urls, columns, outputs: outputs[index] ?? [] })),
          ...(more > 0 ? [`and ${more} more runs, which vodflow list shows`] : []),
        ])
        if (all.some(isBad)) process.exitCode = notGood
        else if (all.some(({ unanswered }) => unanswered !== undefined)) process.exitCode = 1
      })
    })
}

const maxShown = 20

/** Time to wait for the result of a run that has ended, which Temporal returns immediately. */
const resultMs = 15_000

/** Returns the outputs of your own workflow with their URLs, also while it runs. Its history has them; an outcome has those of one step. */
async function outputsOf(vodflow: Vodflow, { workflowId, type }: RunSummary): Promise<Line[]> {
  if (stepTypes.includes(type) || type === batchType) return []
  const { gather } = await import('../operate/report/gather.js')
  const { runs } = await gather(vodflow, { id: workflowId, workflowIds: [workflowId], limit: 1 })
  const made = (runs[0]?.outputs ?? []).filter(({ files }) => files.length > 0)
  return made.map(({ Type, Definition, files }) => ({
    text: `${Type} ${Definition ?? ''}`.trimEnd(),
    under: files.map(({ url }) => ({ text: url })),
  }))
}

/** Adds a link to the Temporal UI if its address is set. */
async function withUi(vodflow: Vodflow, run: RunSummary): Promise<Status> {
  const status = await statusOf(vodflow, run)
  const uiUrl = uiUrlOfEnvironment(vodflow, run)
  return uiUrl === undefined ? status : { ...status, uiUrl }
}

async function statusOf(vodflow: Vodflow, run: RunSummary): Promise<Status> {
  const handle = await vodflow.attach(run.workflowId)
  if (isOpen(run)) return { ...run, ...orOverdue(await describeTree(vodflow, handle)) }
  const shown = await shownAtEnd(vodflow, handle)
  try {
    return {
      ...run,
      ...shown,
      ...returnedBy(run.type, await handle.result({ signal: AbortSignal.timeout(resultMs) })),
    }
  } catch (error) {
    if (error instanceof VodflowError) return { ...run, ...shown, ...inWords(error) }
    if (Object(error).name !== 'TimeoutError') throw error
    const unanswered = `Temporal did not answer with the result within ${resultMs / 1_000} s. Run the command again.`
    return { ...run, unanswered }
  }
}

/** Time to wait for the worker of a run that has ended, ms. Its result is known without it. */
const lastReadMs = 5_000

/** Returns the steps, gates and counts of your own workflow or a batch that has ended, if its worker still shows them. */
async function shownAtEnd(vodflow: Vodflow, run: RunHandle<unknown>): Promise<Partial<DescribedRun>> {
  if (stepTypes.includes(run.type)) return {}
  const described = await within(lastReadMs, describeTree(vodflow, run)).catch(() => undefined)
  const { steps = [], gates = [], batch } = described ?? {}
  return {
    ...(steps.length > 0 ? { steps } : {}),
    ...(gates.length > 0 ? { gates } : {}),
    ...(batch ? { batch } : {}),
  }
}

/** Reports an overdue run as a problem: its workflow runs, but its media makes no progress. */
function orOverdue(described: DescribedRun): DescribedRun {
  if (described.overdueSince === undefined || described.problem !== undefined) return described
  const { what, remedy } = overdue
  const problem = `${what}, since ${timeOf(described.overdueSince)}. ${remedy}`
  return { ...described, problem, stuck: { reason: 'overdue', remedy } }
}

function isBad({ problem, ...status }: Status): boolean {
  return (
    problem !== undefined ||
    status.status === 'FAILED' ||
    ('outcome' in status && !isGood(status as ReturnValue))
  )
}

function textOf(
  status: Status,
  {
    urls,
    columns,
    outputs,
  }: { readonly urls: boolean; readonly columns: number | undefined; readonly outputs: readonly Line[] },
): string[] {
  const { workflowId, type, startedAt, delayedUntil, closedAt, reason, unreadable, uiUrl } = status
  const times = `started ${timeOf(startedAt)}${closedAt ? `, ended ${timeOf(closedAt)}` : ''}`
  const run: Line = {
    text: `${workflowId}  ${type} ${statusText(status.status)}, ${times}`,
    under: [
      ...(reason === undefined ? [] : [{ text: `run again: ${reason}` }]),
      ...(unreadable === undefined ? [] : [{ text: `its memo cannot be read here: ${unreadable}` }]),
      ...(delayedUntil ? [{ text: `its code starts at ${timeOf(delayedUntil)}` }] : []),
      ...linesOf(status, status, urls),
      ...outputs,
      ...(status.outcome ? [outcomeLine(status.outcome, { workflowId, urls })] : []),
      ...(status.problem === undefined
        ? []
        : [{ text: `for a full report: ${commandText('report', workflowId)}` }]),
      ...(uiUrl === undefined ? [] : [{ text: `in the Temporal UI: ${uiUrl}` }]),
    ],
  }
  const result = 'result' in status ? resultText(status.result).map((line) => `  ${line}`) : []
  return [...laidOut([run], columns), ...result]
}

const help = `
Shows all steps, review gates and child workflows of a running workflow, the counts of a batch, and the outcome or result of a run that has
ended. If a run cannot continue, it says why and what to do.
With --urls, also lists the outputs that your own workflow has so far, for example while it waits at a gate.
Of more than ${maxShown} runs, shows the first ${maxShown} and the number of the others.
Looks up a TaskId, a SessionId or the FileId of media in your own workflow at VOD. This needs VODFLOW_MAC_KEYS and Tencent's keys.
With VODFLOW_TEMPORAL_UI, the address of the Temporal UI, each run has a link to it.
Exit code: 0 success, 1 Temporal or a worker did not answer, 2 a run failed or cannot continue.

Examples:
  vodflow status 5285485487985271487
  vodflow status 1500000001-procedurev2-3c4a...  --json
`
