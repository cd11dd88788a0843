import { type Command, InvalidArgumentError } from 'commander'
import type { ListOptions, RunSummary } from '../client/index.js'
import { runStatuses } from '../temporal/listQuery.js'
import { countOption, textOption } from './options.js'
import { asShown, print, statusText, table, timeOf } from './print.js'
import { withVodflow } from './session.js'

interface ListFlags {
  readonly status?: Exclude<ListOptions['status'], undefined>
  readonly file?: string
  readonly procedure?: string
  readonly type?: string
  readonly prefix?: string
  readonly overdue: boolean
  readonly limit: number
  readonly json: boolean
}

export function registerList(program: Command): void {
  program
    .command('list')
    .description('lists all runs, including your own workflows, latest first')
    .option(
      '--status <status>',
      `only runs with this status: ${Object.keys(statuses).join(', ')}`,
      statusOption,
    )
    .option('--file <FileId>', 'only runs of this media file', textOption)
    .option('--procedure <name>', 'only runs of this template', textOption)
    .option(
      '--type <workflow type>',
      'only this workflow type, e.g. pullUpload, processBatch or your own',
      textOption,
    )
    .option('--prefix <text>', 'only workflow ids that start with this text', textOption)
    .option('--overdue', 'only runs that wait for tasks that VOD no longer returns', false)
    .option('--limit <number>', 'show at most this many', countOption, 50)
    .option('--json', 'print JSON, one object per line', false)
    .addHelpText('after', help)
    .action(async (flags: ListFlags) => {
      await withVodflow({}, async (vodflow) => {
        const found: RunSummary[] = []
        for await (const run of vodflow.list(listOptionsOf(flags))) found.push(run)
        found.sort((one, other) => other.startedAt.getTime() - one.startedAt.getTime())
        if (flags.json) for (const run of found) console.log(JSON.stringify(asShown(run)))
        else print(false, found, () => linesOf(found))
      })
    })
}

/** The statuses as the list prints them, each with the one by which Temporal searches. */
const statuses = Object.fromEntries(
  runStatuses.map((status) => [status.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(), status]),
)

/** Parses `--status`, in any case, with or without underscores. */
function statusOption(text: string): (typeof runStatuses)[number] {
  const given = text.replaceAll('_', '').toLowerCase()
  const status = runStatuses.find((each) => each.toLowerCase() === given)
  if (status) return status
  throw new InvalidArgumentError(`Pass one of ${Object.keys(statuses).join(', ')}.`)
}

function listOptionsOf({ status, file, procedure, type, prefix, overdue, limit }: ListFlags): ListOptions {
  return {
    limit,
    overdue,
    status,
    FileId: file,
    ProcedureName: procedure,
    type,
    workflowIdPrefix: prefix,
  }
}

function linesOf(found: readonly RunSummary[]): string[] {
  return found.length === 0 ? ['no runs'] : table([header, ...found.map(rowOf)])
}

const header = ['STARTED', 'STATUS', 'TYPE', 'WORKFLOW ID', 'ENDED', 'REASON']

function rowOf({ workflowId, type, status, startedAt, closedAt, reason, unreadable }: RunSummary): string[] {
  return [
    timeOf(startedAt),
    statusText(status),
    type,
    workflowId,
    timeOf(closedAt),
    unreadable === undefined ? (reason ?? '') : `its memo cannot be read here: ${unreadable}`,
  ]
}

const help = `
The columns are the start, the status, the workflow type, the workflow id, the end, and the reason of a rerun. If there are more runs
than --limit, shows only open runs and those that ended last.
Lists every workflow of the namespace, except sweeps and plans of batches.
--file, --procedure and --overdue need vodflow's search attributes: vodflow setup registers them. Only runs of one step and batches
have the first two; vodflow status <FileId> also finds your own workflows that processed a file.

Examples:
  vodflow list --status RUNNING
  vodflow list --type publishEpisode
  vodflow list --file 5285485487985271487
  vodflow list --overdue --json
`
