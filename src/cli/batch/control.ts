import type { Command } from 'commander'
import type { BatchHandle, BatchProgress } from '../../client/index.js'
import { countOption, textOption } from '../options.js'
import { print } from '../print.js'
import { withVodflow } from '../session.js'
import { progressLine } from './texts.js'

/** Registers the commands that control a running batch. */
export function registerControl(batch: Command): void {
  const control = (name: string, description: string) =>
    batch
      .command(name)
      .description(description)
      .argument('<id>')
      .option('--json', 'print one JSON object', false)
  const change = (json: boolean, id: string, ask: (batch: BatchHandle) => Promise<BatchProgress>) =>
    withVodflow({}, async ({ batches }) => {
      const progress = await ask(batches.attach(id))
      print(json, progress, () => [progressLine(progress)])
    })

  control('pause', 'starts no more items until the batch is resumed; started runs continue')
    .addHelpText('after', '\nExample:\n  vodflow batch pause library-2026-11\n')
    .action((id: string, { json }: { json: boolean }) => change(json, id, (of) => of.pause()))
  control('resume', 'resumes the batch')
    .addHelpText('after', '\nExample:\n  vodflow batch resume library-2026-11\n')
    .action((id: string, { json }: { json: boolean }) => change(json, id, (of) => of.resume()))
  control('window', 'changes how many runs are open at the same time')
    .argument('<number>', '1 to 2,000', countOption)
    .addHelpText('after', '\nExample:\n  vodflow batch window library-2026-11 50\n')
    .action((id: string, window: number, { json }: { json: boolean }) =>
      change(json, id, (of) => of.setWindow(window)),
    )
  control('stop', 'starts no more items; the batch ends when started runs have ended')
    .requiredOption('--reason <text>', 'reason; kept in the report', textOption)
    .addHelpText('after', '\nExample:\n  vodflow batch stop library-2026-11 --reason "wrong template"\n')
    .action((id: string, { json, reason }: { json: boolean; reason: string }) =>
      change(json, id, (of) => of.stop(reason)),
    )
}
