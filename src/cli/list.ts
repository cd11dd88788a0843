import { type Command, Option } from 'commander'
import type { ListOptions, RunSummary } from '../client/index.js'
import { countOption, textOption } from './options.js'
import { print, table, timeOf } from './print.js'
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
    .description('all runs, also workflows of yours, the latest first')
    .addOption(
      new Option('--status <status>', 'of Temporal').choices([
        'Running',
        'Completed',
        'Failed',
        'Canceled',
        'Terminated',
        'ContinuedAsNew',
        'TimedOut',
      ]),
    )
    .option('--file <FileId>', 'only of this media file', textOption)
    .option('--procedure <name>', 'only of this template', textOption)
    .option(
      '--type <workflow type>',
      'only of this type, e.g. pullUpload, processLibrary, or one of yours',
      textOption,
    )
    .option('--prefix <text>', 'only workflow ids that begin so', textOption)
    .option('--overdue', 'only runs that wait for tasks which VOD no longer shows', false)
    .option('--limit <number>', 'at most so many', countOption, 50)
    .option('--json', 'JSON, one object a line', false)
    .addHelpText('after', help)
    .action(async ({ status, file, procedure, type, prefix, overdue, limit, json }: ListFlags) => {
      await withVodflow({}, async (vodflow) => {
        const found: RunSummary[] = []
        const options = {
          limit,
          overdue,
          ...(status === undefined ? {} : { status }),
          ...(file === undefined ? {} : { FileId: file }),
          ...(procedure === undefined ? {} : { ProcedureName: procedure }),
          ...(type === undefined ? {} : { type }),
          ...(prefix === undefined ? {} : { workflowIdPrefix: prefix }),
        }
        for await (const run of vodflow.list(options)) {
          if (json) console.log(JSON.stringify(run))
          else found.push(run)
        }
        if (!json) print(json, found, () => (found.length === 0 ? ['no runs'] : table(found.map(rowOf))))
      })
    })
}

function rowOf({ workflowId, type, status, startedAt, closedAt, reason, unreadable }: RunSummary): string[] {
  return [
    timeOf(startedAt),
    status,
    type,
    workflowId,
    closedAt ? `ended ${timeOf(closedAt)}` : '',
    unreadable === undefined ? (reason ?? '') : `its memo cannot be read here: ${unreadable}`,
  ]
}

const help = `
Every workflow of the namespace is shown, but for sweeps and plans of batches, which vodflow starts for itself.
--file, --procedure and --overdue need vodflow's search attributes: vodflow setup registers them. Only runs of one step and batches
have the first two; vodflow status <FileId> also finds the workflows of yours that processed a file.

Examples:
  vodflow list --status Running
  vodflow list --type publishEpisode
  vodflow list --file 5285485487985271487
  vodflow list --overdue --json
`
