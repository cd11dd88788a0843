import type { Command } from 'commander'
import { oneRun } from './oneRun.js'
import { subAppOption } from './options.js'
import { withVodflow } from './session.js'
import { waitFor } from './waitFor.js'

export function registerWatch(program: Command): void {
  program
    .command('watch')
    .description('shows the progress of a run until its end, by any id')
    .argument('<id>', 'workflow id, FileId, TaskId or SessionId')
    .option('--sub-app <SubAppId>', 'of a TaskId or SessionId', subAppOption)
    .option('--json', 'JSON, one object a line; the last has the outcome', false)
    .addHelpText('after', help)
    .action(async (id: string, { subApp, json }: { subApp?: number; json: boolean }) => {
      await withVodflow({}, async (vodflow) => {
        const { workflowId } = await oneRun(vodflow, id, subApp)
        await waitFor(await vodflow.attach(workflowId), { json })
      })
    })
}

const help = `
A bar in a terminal, a line for each change in a pipe.
Exit code: 0 succeeded, 1 it could not be done, 2 the outcome is another one.

Example:
  vodflow watch 5285485487985271487
`
