import type { Command } from 'commander'
import { onPartialOption, priorityOption, subAppOption, textOption } from './options.js'
import { withVodflow } from './session.js'
import { answerWith } from './waitFor.js'

interface ProcessFlags {
  readonly procedure: string
  readonly path?: string
  readonly subApp?: number
  readonly account?: string
  readonly workflowId?: string
  readonly key?: string
  readonly idempotencyKey?: string
  readonly context?: string
  readonly priority?: number
  readonly onPartial?: 'accept' | 'fail' | 'repair'
  readonly callbacks: boolean
  readonly requireWorker: boolean
  readonly watch: boolean
  readonly json: boolean
}

export function registerProcess(program: Command): void {
  program
    .command('process')
    .description('starts a task flow on a media file, or attaches to its existing run')
    .argument('[FileId]', 'the media file; use --path for a file in a storage path')
    .requiredOption('--procedure <name>', 'name of the task flow template', textOption)
    .option(
      '--path <MediaStoragePath>',
      'a file of a FileID + Path application, instead of a FileId',
      textOption,
    )
    .option('--sub-app <SubAppId>', 'sub-app to use (default: the application of the account)', subAppOption)
    .option('--account <alias>', 'alias of the account, as the workers know it', textOption)
    .option(
      '--workflow-id <id>',
      'use this workflow id, so that the same request can run in parallel',
      textOption,
    )
    .option('--key <key>', 'name of the step inside its run', textOption)
    .option('--idempotency-key <key>', 'VOD creates one task for each key within 7 days', textOption)
    .option('--context <text>', 'your own SessionContext, returned in the outcome', textOption)
    .option('--priority <number>', 'TasksPriority, -10 to 10', priorityOption)
    .addOption(onPartialOption())
    .option('--no-callbacks', 'do not expect callbacks; poll VOD every few seconds to minutes')
    .option('--no-require-worker', 'start even if no worker is polling')
    .option('--watch', 'show progress until the end', false)
    .option('--json', 'print JSON, one object per line', false)
    .addHelpText('after', help)
    .action(async (FileId: string | undefined, flags: ProcessFlags) => {
      const { procedure: ProcedureName, path, subApp, account, context, priority, watch, json } = flags
      const { workflowId, key, idempotencyKey, onPartial, callbacks, requireWorker } = flags
      const request = {
        ProcedureName,
        FileId,
        MediaStoragePath: path,
        SubAppId: subApp,
        SessionContext: context,
        TasksPriority: priority,
      }
      await withVodflow({ account }, async (vodflow) => {
        const run = await vodflow.process(request, {
          requireWorker,
          ...(callbacks ? {} : { callbacks }),
          workflowId,
          key,
          idempotencyKey,
          onPartial,
        })
        await answerWith(run, { watch, json })
      })
    })
}

const help = `
Repeating the command attaches to the same run, so VOD creates one task however often you run it.
Exit code: 0 success, 1 an error, 2 with --watch: the run failed, or its outcome is not "succeeded".

Examples:
  vodflow process 5285485487985271487 --procedure episode --watch
  vodflow process --path /films/a.mp4 --sub-app 1500000001 --procedure episode --on-partial repair --json
`
