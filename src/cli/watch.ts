import type { Command } from 'commander'
import { oneRun } from './oneRun.js'
import { subAppOption } from './options.js'
import { withVodflow } from './session.js'
import { waitFor } from './waitFor.js'

export function registerWatch(program: Command): void {
  program
    .command('watch')
    .description('shows every step and gate of a run until the run ends, by any id')
    .argument('<id>', 'workflow id, FileId, TaskId or SessionId')
    .option('--sub-app <SubAppId>', 'of a FileId, TaskId or SessionId', subAppOption)
    .option('--json', 'JSON, one object a line; the last has the outcome or the result', false)
    .addHelpText('after', help)
    .action(async (id: string, { subApp, json }: { subApp?: number; json: boolean }) => {
      await withVodflow({}, async (vodflow) => {
        const { workflowId } = await oneRun(vodflow, id, { subApp })
        await waitFor(await vodflow.attach(workflowId), { json })
      })
    })
}

const help = `
A bar for each step in a terminal, a line for each change in a pipe. A gate that waits for a person is shown with the command for it.
JSON: {"steps", "gates", "children"} for each change, with "problem" when the run cannot continue, "unanswered" when its worker could not be asked; last {"workflowId", "outcome"} of a run of one step, {"workflowId", "result"} of a workflow of
yours, {"workflowId", "problem"} of a run that ended otherwise.
Exit code: 0 the run completed, and a run of one step with the outcome "succeeded"; 1 it could not be watched; 2 the run failed, or its
outcome is another one.

Examples:
  vodflow watch 5285485487985271487
  vodflow watch episode-7 --json
`
