import type { Command } from 'commander'
import type { ItemStatus } from '../../client/index.js'
import { statusesOption, textOption } from '../options.js'
import { print } from '../print.js'
import { withVodflow } from '../session.js'
import { showReport, watchBatch } from './run.js'
import { progressLine } from './texts.js'

interface RerunFlags {
  readonly reason: string
  readonly statuses?: readonly Exclude<ItemStatus, 'succeeded'>[]
  readonly watch: boolean
  readonly json: boolean
}

/** Registers `report`, and `rerun-failed`, which processes failed items again. */
export function registerReport(batch: Command): void {
  batch
    .command('report')
    .description('shows the progress of a batch, or its report with the failures when it has ended')
    .argument('<id>')
    .option('--watch', 'show progress until the end', false)
    .option('--json', 'print JSON, one object per line', false)
    .addHelpText(
      'after',
      '\nExit code: 2 an item did not succeed.\n\nExample:\n  vodflow batch report library-2026-11 --json\n',
    )
    .action(async (id: string, { watch, json }: { watch: boolean; json: boolean }) => {
      await withVodflow({}, async ({ client, batches }) => {
        const of = batches.attach(id)
        if (watch) return watchBatch(of, json)
        const progress = await of.progress()
        const { executionsIn } = await import('../../temporal/executions.js')
        const { status } = await executionsIn(client).getHandle(id).describe()
        if (status.name === 'RUNNING') {
          return print(json, { progress }, () => [progress ? progressLine(progress) : 'it is about to start'])
        }
        showReport(await of.result(), json)
      })
    })
  batch
    .command('rerun-failed')
    .description(
      'processes the items that did not succeed again, as a new batch; VOD creates new tasks and bills them',
    )
    .argument('<id>')
    .requiredOption('--reason <text>', 'reason; kept with the batch', textOption)
    .option(
      '--statuses <list>',
      'statuses to rerun, comma-separated (default: failed,aborted,refused)',
      statusesOption,
    )
    .option('--watch', 'show progress until the end', false)
    .option('--json', 'print JSON, one object per line', false)
    .addHelpText(
      'after',
      '\nExample:\n  vodflow batch rerun-failed library-2026-11 --reason "the codec was added" --watch\n',
    )
    .action(async (id: string, { reason, statuses, watch, json }: RerunFlags) => {
      await withVodflow({}, async ({ batches }) => {
        const again = await batches.rerunFailed(id, {
          reason,
          statuses,
        })
        print(json, { workflowId: again.workflowId }, () => [again.workflowId])
        if (watch) await watchBatch(again, json)
      })
    })
}
