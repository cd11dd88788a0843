import type { Command } from 'commander'
import { VodflowError } from '../base/vodflowError.js'
import type { RunSummary, Vodflow } from '../client/index.js'
import { overdue } from '../client/stuckText.js'
import type { StepProgress } from '../contract/progress.js'
import { commandText } from '../operate/report/commandText.js'
import { uiUrlOf } from '../operate/report/uiUrl.js'
import { isGood, type ReturnValue, returnedBy, returnedText } from './ended.js'
import { inWords, lookAt, otherLines, problemLines, type RunLookText } from './look.js'
import { isOpen, runsOf } from './oneRun.js'
import { subAppOption } from './options.js'
import { asShown, notGood, phaseText, print, statusText, timeOf } from './print.js'
import { withVodflow } from './session.js'

interface StatusFlags {
  readonly subApp?: number
  readonly json: boolean
}

/** The state of a run at one look. `problem` also says why a run ended without a result. */
type Status = RunSummary & Partial<RunLookText> & Partial<ReturnValue> & { readonly uiUrl?: string }

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('shows the state of a media file, by workflow id, FileId, TaskId or SessionId')
    .argument('<id>')
    .option('--sub-app <SubAppId>', 'sub-app of a FileId, TaskId or SessionId', subAppOption)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', help)
    .action(async (id: string, { subApp, json }: StatusFlags) => {
      await withVodflow({}, async (vodflow) => {
        const runs = await runsOf(vodflow, id, { subApp })
        const all = await Promise.all(runs.slice(0, maxShown).map((run) => withUi(vodflow, run)))
        print(json, { id, runs: all.map(asShown) }, () => all.flatMap(textOf))
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
  if (isOpen(run)) return { ...run, ...orOverdue(await lookAt(handle)) }
  try {
    return { ...run, ...returnedBy(run.type, await handle.result({ signal: AbortSignal.timeout(resultMs) })) }
  } catch (error) {
    if (error instanceof VodflowError) return { ...run, ...inWords(error) }
    if (Object(error).name !== 'TimeoutError') throw error
    const unanswered = `Temporal did not answer with the result within ${resultMs / 1_000} s. Run the command again.`
    return { ...run, unanswered }
  }
}

/** Reports an overdue run as a problem: its workflow runs, but its media makes no progress. */
function orOverdue(look: RunLookText): RunLookText {
  if (look.overdueSince === undefined || look.problem !== undefined) return look
  const { what, remedy } = overdue
  const problem = `${what}, since ${timeOf(look.overdueSince)}. ${remedy}`
  return { ...look, problem, stuck: { reason: 'overdue', remedy } }
}

function isBad({ problem, ...status }: Status): boolean {
  return (
    problem !== undefined ||
    status.status === 'FAILED' ||
    ('outcome' in status && !isGood(status as ReturnValue))
  )
}

function textOf(status: Status): string[] {
  const { workflowId, type, startedAt, delayedUntil, closedAt, reason, unreadable, steps = [] } = status
  const returned = 'outcome' in status || 'result' in status ? (status as ReturnValue) : undefined
  return [
    `${workflowId}  ${type} ${statusText(status.status)}, started ${timeOf(startedAt)}${closedAt ? `, ended ${timeOf(closedAt)}` : ''}`,
    ...(reason === undefined ? [] : [`  run again: ${reason}`]),
    ...(unreadable === undefined ? [] : [`  its memo cannot be read here: ${unreadable}`]),
    ...(delayedUntil ? [`  its code starts at ${timeOf(delayedUntil)}`] : []),
    ...steps.flatMap((step) => stepText(step)),
    ...otherLines(status, status),
    ...(returned ? returnedText(returned).map((line) => `  ${line}`) : []),
    ...problemLines(status),
    ...(status.problem === undefined ? [] : whereMore(status)),
  ]
}

/** Returns where to read more about a run with a problem. */
function whereMore({ workflowId, uiUrl }: Status): string[] {
  const page = uiUrl === undefined ? [] : [`  in the Temporal UI: ${uiUrl}`]
  return [`  for a full report: ${commandText('report', workflowId)}`, ...page]
}

function stepText(step: StepProgress): string[] {
  const { key, phase, attempt, percent, tasks, nextLook, overdueSince, outcome, problem } = step
  return [
    `  ${phaseText(phase)} ${percent} %${attempt > 1 ? `, attempt ${attempt}` : ''}  ${key}`,
    ...tasks.map(
      ({ TaskId = 'of unknown id', TaskType = 'task of unknown type', Status, percent: done }) =>
        `    ${TaskType} ${TaskId} ${Status} ${done} %`,
    ),
    ...(outcome ? [`    ${outcome.status}: ${outcome.reason}`] : []),
    ...(problem === undefined ? [] : [`    ${problem}`]),
    ...(overdueSince ? [`    overdue since ${overdueSince}: VOD returns a task for 72 hours`] : []),
    ...(nextLook ? [`    next look at ${nextLook}, or as soon as an event arrives`] : []),
  ]
}

const help = `
Shows all steps and review gates of a running workflow, and the outcome or result of one that has ended.
Looks up a TaskId, a SessionId or the FileId of media in your own workflow at VOD. This needs VODFLOW_MAC_KEYS and Tencent's keys.
With VODFLOW_TEMPORAL_UI, the address of the Temporal UI, each run has a link to it.
Exit code: 0 success, 1 Temporal or a worker did not answer, 2 a run failed or cannot continue.

Examples:
  vodflow status 5285485487985271487
  vodflow status 1500000001-procedurev2-3c4a...  --json
`
