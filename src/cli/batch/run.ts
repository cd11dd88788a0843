import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { BatchHandle, BatchReport, BatchRequest, BatchSource } from '../../client/index.js'
import { cut } from '../../contract/text.js'
import { plain } from '../../contract/visible.js'
import { readGiven } from '../files.js'
import {
  countOption,
  jsonOption,
  onPartialOption,
  percentOption,
  priorityOption,
  subAppOption,
  textOption,
} from '../options.js'
import { notGood, print } from '../print.js'
import { withVodflow } from '../session.js'
import { planText, progressLine, reportText } from './texts.js'

interface RequestFlags {
  readonly procedure: string
  readonly ids?: string
  readonly file?: string
  readonly search?: Record<string, unknown>
  readonly subApp?: number
  readonly account?: string
  readonly window?: number
  readonly priority?: number
  readonly onPartial?: 'accept' | 'fail' | 'repair'
  readonly skipDone: boolean
  readonly stopAtFailed?: number
  readonly maxTasks?: number
  readonly maxTasksPerDay?: number
  readonly json: boolean
}

export function registerRun(batch: Command): void {
  requestOptions(batch.command('plan'))
    .description('counts items, tasks, calls, hours and Temporal actions; starts nothing')
    .addHelpText('after', planHelp)
    .action(async (flags: RequestFlags) => {
      const request = await requestOf(flags)
      await withVodflow(flags, async ({ batches }) => {
        const { plan } = await batches.plan(request)
        print(flags.json, plan, () => (plan ? planText(plan) : ['nothing could be counted']))
      })
    })
  requestOptions(batch.command('run'))
    .description('starts a batch, or attaches to the one that has this id')
    .argument('<id>', 'workflow id of the batch, e.g. library-2026-11')
    .option('--watch', 'show progress until the end', false)
    .addHelpText('after', runHelp)
    .action(async (id: string, flags: RequestFlags & { watch: boolean }) => {
      const request = await requestOf(flags)
      await withVodflow(flags, async ({ batches }) => {
        const started = await batches.start(request, { workflowId: id })
        print(flags.json, { workflowId: id }, () => [id])
        if (flags.watch) await watchBatch(started, flags.json)
      })
    })
}

/** Shows progress until the end, then the report. */
export async function watchBatch(batch: BatchHandle, json: boolean): Promise<void> {
  const ended = new AbortController()
  const result = batch.result().finally(() => ended.abort())
  result.catch(() => {})
  let last = ''
  while (!ended.signal.aborted) {
    const progress = await batch.progress().catch(() => undefined)
    const line = progress ? (json ? JSON.stringify({ progress }) : progressLine(progress)) : ''
    if (line !== '' && line !== last) print(json, { progress }, () => [line])
    last = line
    await sleep(1_000, undefined, { signal: ended.signal }).catch(() => {})
  }
  showReport(await result, json)
}

/** Prints a report. Sets exit code 2 if not everything succeeded. */
export function showReport(report: BatchReport, json: boolean): void {
  print(json, { report }, () => reportText(report))
  if (report.failures.length > 0 || report.stopped !== undefined) process.exitCode = notGood
}

function requestOptions(command: Command): Command {
  return command
    .requiredOption('--procedure <name>', 'name of the task flow template', textOption)
    .option('--ids <path>', 'a local file with a FileId on each line, at most 10,000', textOption)
    .option('--file <name>', "a file of ids in the worker's --ids-folder", textOption)
    .option('--search <json>', 'conditions for SearchMedia', jsonOption)
    .option('--sub-app <SubAppId>', 'sub-app to use (default: the application of the account)', subAppOption)
    .option('--account <alias>', 'alias of the account, as the workers know it', textOption)
    .option('--window <number>', 'open runs at the same time, up to 2,000 (default: 100)', countOption)
    .option('--priority <number>', 'TasksPriority, -10 to 10 (default: -1)', priorityOption)
    .addOption(onPartialOption())
    .option('--no-skip-done', 'also process media that already have every output; VOD bills them again')
    .option(
      '--stop-at-failed <percent>',
      'stop if more than this percentage fails (default: 10)',
      percentOption,
    )
    .option('--max-tasks <number>', 'maximum number of VOD tasks in total', countOption)
    .option('--max-tasks-per-day <number>', 'maximum number of VOD tasks in one day (UTC)', countOption)
    .option('--json', 'print JSON, one object per line', false)
}

async function requestOf(flags: RequestFlags): Promise<BatchRequest> {
  const { procedure: ProcedureName, subApp, account, window, priority, onPartial, skipDone } = flags
  const { stopAtFailed, maxTasks, maxTasksPerDay } = flags
  return {
    source: await sourceOf(flags),
    ProcedureName,
    SubAppId: subApp,
    account,
    window,
    TasksPriority: priority,
    onPartial,
    ...(skipDone ? {} : { skipDone }),
    stopAtFailedPercent: stopAtFailed,
    maxTasks,
    maxTasksPerDay,
  }
}

async function sourceOf({ ids, file, search }: RequestFlags): Promise<BatchSource> {
  const given = [ids, file, search].filter((source) => source !== undefined)
  if (given.length !== 1) throw new Error('pass one source: --ids, --file or --search')
  if (search !== undefined) return { search }
  if (file !== undefined) return { file }
  const remedy = 'pass the path of a file with a FileId on each line'
  const text = await readGiven({ option: '--ids', path: ids as string, remedy })
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const listed = lines.filter((line) => line !== '' && !line.startsWith('#'))
  const wrong = listed.find((line) => /[\s,;"'[\]{}]/.test(line))
  if (wrong !== undefined)
    throw new Error(
      `--ids ${ids}: line ${lines.indexOf(wrong) + 1} is not a FileId: ${cut(plain(wrong), 60)}; write one FileId on each line, without commas, quotes and brackets`,
    )
  return { FileIds: listed }
}

const planHelp = `
Example:
  vodflow batch plan --procedure episode --search '{"Categories":["Video"]}'
`
const runHelp = `
Exit code with --watch: 0 every item succeeded, 2 an item did not, or the batch stopped.

Examples:
  vodflow batch run library-2026-11 --procedure episode --search '{"NamePrefixes":["s01"]}' --max-tasks 5000 --watch
  vodflow batch run again-2026-11 --procedure episode --ids failed.txt --no-skip-done
`
