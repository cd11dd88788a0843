import type { Command } from 'commander'
import type { GateView, Outcome, Progress, RunSummary, Vodflow } from '../client/index.js'
import { runsOf } from './oneRun.js'
import { subAppOption } from './options.js'
import { outcomeText } from './outcomeText.js'
import { notGood, print, timeOf } from './print.js'
import { withVodflow } from './session.js'

interface StatusFlags {
  readonly subApp?: number
  readonly json: boolean
}

/** What can be said of a run in one look. */
interface Status extends RunSummary {
  readonly progress?: Progress
  readonly gates?: readonly GateView[]
  readonly outcome?: Outcome
  /** Why it ended without an outcome, or why nothing more can be said. */
  readonly problem?: string
}

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('where a media file is, by any id: workflow id, FileId, TaskId or SessionId')
    .argument('<id>')
    .option('--sub-app <SubAppId>', 'of a TaskId or SessionId', subAppOption)
    .option('--json', 'one JSON object', false)
    .addHelpText('after', help)
    .action(async (id: string, { subApp, json }: StatusFlags) => {
      await withVodflow({}, async (vodflow) => {
        const runs = await runsOf(vodflow, id, subApp)
        const all = await Promise.all(runs.slice(0, maxShown).map((run) => statusOf(vodflow, run)))
        print(json, { id, runs: all }, () => all.flatMap(textOf))
        if (
          all.some(
            ({ problem, outcome }) => problem !== undefined || (outcome && outcome.status !== 'succeeded'),
          )
        )
          process.exitCode = notGood
      })
    })
}

const maxShown = 20

async function statusOf(vodflow: Vodflow, run: RunSummary): Promise<Status> {
  const { stepTypes } = await import('../vod/runNames.js')
  const handle = await vodflow.attach(run.workflowId)
  try {
    if (run.status !== 'RUNNING') {
      const outcome = await handle.result()
      return stepTypes.includes(run.type) ? { ...run, outcome } : run
    }
    const [progress, gates] = await Promise.all([
      handle.progress(),
      vodflow.gates(run.workflowId).catch(() => []),
    ])
    return { ...run, progress, ...(gates.length > 0 ? { gates } : {}) }
  } catch (error) {
    return { ...run, problem: error instanceof Error ? error.message : String(error) }
  }
}

function textOf({
  workflowId,
  type,
  status,
  startedAt,
  closedAt,
  reason,
  progress,
  gates,
  outcome,
  problem,
}: Status): string[] {
  return [
    `${workflowId}  ${type} ${status}, started ${timeOf(startedAt)}${closedAt ? `, ended ${timeOf(closedAt)}` : ''}`,
    ...(reason === undefined ? [] : [`  run again: ${reason}`]),
    ...(progress ? progressText(progress) : []),
    ...(gates ?? []).map(gateText),
    ...(outcome ? outcomeText(outcome).map((line) => `  ${line}`) : []),
    ...(problem === undefined ? [] : [`  ${problem}`]),
  ]
}

function progressText({ phase, attempt, percent, tasks, nextLook, overdueSince }: Progress): string[] {
  return [
    `  ${phase} ${percent} %${attempt > 1 ? `, attempt ${attempt}` : ''}`,
    ...tasks.map(
      ({ TaskId, TaskType, Status, percent: done }) => `  ${TaskType} ${TaskId} ${Status} ${done} %`,
    ),
    ...(overdueSince ? [`  overdue since ${overdueSince}: VOD shows a task for 72 hours`] : []),
    ...(nextLook ? [`  next look at ${nextLook}, or as soon as an event comes`] : []),
  ]
}

function gateText({ gate, status, Suggestion, Label, deadline, onDeadline }: GateView): string {
  const says = Suggestion === '' ? 'no verdict' : `VOD says ${Suggestion} ${Label}`.trimEnd()
  return status === 'open'
    ? `  gate ${gate} waits for a person (${says}); ${onDeadline} by itself at ${deadline}: vodflow approve, vodflow reject`
    : `  gate ${gate} ${status}`
}

const help = `
A TaskId or SessionId is looked up at VOD: that needs VODFLOW_MAC_KEYS and Tencent's keys, as vodflow worker does.
Exit code: 0 good, 1 it could not be done, 2 a run ended badly.

Examples:
  vodflow status 5285485487985271487
  vodflow status 1500000001-procedurev2-3c4a...  --json
`
