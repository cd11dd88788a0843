import type { Command } from 'commander'
import { print } from './print.js'
import { withVodflow } from './session.js'

export function registerSetup(program: Command): void {
  program
    .command('setup')
    .description("registers vodflow's search attributes in the namespace; existing ones stay")
    .option('--json', 'one JSON object', false)
    .addHelpText('after', help)
    .action(async ({ json }: { json: boolean }) => {
      const { addSearchAttributes } = await import('../temporal/searchAttributes.js')
      await withVodflow({}, async (vodflow) => {
        const added = await addSearchAttributes(vodflow.client)
        print(json, { added }, () => [
          added.length === 0 ? 'all search attributes are there' : `registered ${added.join(', ')}`,
        ])
      })
    })
}

const help = `
VodflowFileId, VodflowProcedure (Keyword), VodflowSubAppId (Int), VodflowOverdueSince (Datetime): runs can be found by them in the
Temporal UI and with vodflow list. On Temporal Cloud an administrator adds them to the namespace instead (console, or tcld).

Example:
  vodflow setup
`
