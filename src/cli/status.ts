import type { Command } from 'commander'
import { VodflowError } from '../base/vodflowError.js'
import type { Outcome, RunHandle, RunSummary, Vodflow } from '../client/index.js'
import { overdue } from '../client/stuckText.js'
import { stepTypes } from '../contract/runNames.js'
import { within } from '../contract/within.js'
import { commandText } from '../operate/report/commandText.js'
import { uiUrlOf } from '../operate/report/uiUrl.js'
import { type DescribedRun, describeTree, inWords, linesOf } from './describeRun.js'
import { isGood, outcomeLine, type ReturnValue, resultText, returnedBy } from './ended.js'
import { columnsOf, type Line, laidOut } from './layout.js'
import { isOpen, runsOf } from './oneRun.js'
import { subAppOption } from './options.js'
import { asShown, notGood, print, statusText, timeOf } from './print.js'
import { withVodflow } from './session.js'

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
        print(json, { id, runs: all.map(asShown), ...(more > 0 ? { more } : {}) }, () => [
          ...all.flatMap((each) => textOf(each, { urls, columns: columnsOf(process.stdout) })),
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

/** Adds a link to the Temporal UI if its address is set. */
async function withUi(vodflow: Vodflow, run: RunSummary): Promise<Status> {
  const status = await statusOf(vodflow, run)
  const { VODFLOW_TEMPORAL_UI: ui } = process.env
  return ui ? { ...status, uiUrl: uiUrlOf(ui, vodflow.client.options.namespace, run) } : status
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
  { urls, columns }: { readonly urls: boolean; readonly columns: number | undefined },
): string[] {
  const { workflowId, type, startedAt, delayedUntil, closedAt, reason, unreadable } = status
  const times = `started ${timeOf(startedAt)}${closedAt ? `, ended ${timeOf(closedAt)}` : ''}`
  const run: Line = {
    text: `${workflowId}  ${type} ${statusText(status.status)}, ${times}`,
    under: [
      ...(reason === undefined ? [] : [{ text: `run again: ${reason}` }]),
      ...(unreadable === undefined ? [] : [{ text: `its memo cannot be read here: ${unreadable}` }]),
      ...(delayedUntil ? [{ text: `its code starts at ${timeOf(delayedUntil)}` }] : []),
      ...linesOf(status, status),
      ...(status.outcome ? [outcomeLine(status.outcome, { workflowId, urls })] : []),
      ...(status.problem === undefined ? [] : whereMore(status)),
    ],
  }
  const result = 'result' in status ? resultText(status.result).map((line) => `  ${line}`) : []
  return [...laidOut([run], columns), ...result]
}

/** Returns where to read more about a run with a problem. */
function whereMore({ workflowId, uiUrl }: Status): Line[] {
  const page = uiUrl === undefined ? [] : [{ text: `in the Temporal UI: ${uiUrl}` }]
  return [{ text: `for a full report: ${commandText('report', workflowId)}` }, ...page]
}

const help = `
Shows all steps, review gates and child workflows of a running workflow, the counts of a batch, and the outcome or result of a run that has
ended. If a run cannot continue, it says why and what to do.
Of more than ${maxShown} runs, shows the first ${maxShown} and the number of the others.
Looks up a TaskId, a SessionId or the FileId of media in your own workflow at VOD. This needs VODFLOW_MAC_KEYS and Tencent's keys.
With VODFLOW_TEMPORAL_UI, the address of the Temporal UI, each run has a link to it.
Exit code: 0 success, 1 Temporal or a worker did not answer, 2 a run failed or cannot continue.

Examples:
  vodflow status 5285485487985271487
  vodflow status 1500000001-procedurev2-3c4a...  --json
`
