import type { Command } from 'commander'
import { plain } from '../contract/visible.js'
import { oneRun } from './oneRun.js'
import { subAppOption } from './options.js'
import { uiUrlOfEnvironment, withVodflow } from './session.js'
import { waitFor } from './waitFor.js'

export function registerWatch(program: Command): void {
  program
    .command('watch')
    .description('follows every step and gate of a run until it ends, by any id')
    .argument('<id>', 'workflow id, run id, FileId, TaskId or SessionId')
    .option('--sub-app <SubAppId>', 'sub-app of a FileId, TaskId or SessionId', subAppOption)
    .option('--json', 'print JSON, one object per line', false)
    .addHelpText('after', help)
    .action(async (id: string, { subApp, json }: { subApp?: number; json: boolean }) => {
      await withVodflow({}, async (vodflow) => {
        const run = await oneRun(vodflow, id, { subApp })
        const { workflowId } = run
        const uiUrl = uiUrlOfEnvironment(vodflow, run)
        if (uiUrl !== undefined && !json) console.log(plain(`in the Temporal UI: ${uiUrl}`))
        await waitFor(await vodflow.attach(workflowId), { json, within: vodflow })
      })
    })
}

const help = `
Shows a bar for each step in a terminal, and a line for each change in a pipe. For each gate that waits for a person, shows what it is about,
links to what VOD found, and the commands that decide. With VODFLOW_TEMPORAL_UI, the address of the Temporal UI, shows a link to the run.
With --json: an object for each change, and at the end one with the outcome of a run of one step, the result of your own workflow, or
the problem of a run that did not complete.
Exit code: 0 the run completed, and a run of one step "succeeded"; 1 it could not be watched; 2 the run failed, or its outcome
is not "succeeded".

Examples:
  vodflow watch 5285485487985271487
  vodflow watch episode-7 --json
`
