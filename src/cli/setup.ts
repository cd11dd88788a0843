import type { Command } from 'commander'
import type { Vodflow } from '../client/index.js'
import type { SearchAttributeProblems } from '../temporal/searchAttributes.js'
import { messageOf } from './messageOf.js'
import { notGood, print } from './print.js'
import { withVodflow } from './session.js'

export function registerSetup(program: Command): void {
  program
    .command('setup')
    .description("registers vodflow's search attributes in the namespace; existing ones stay")
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', help)
    .action(async ({ json }: { json: boolean }) => {
      const { otherTypeText } = await import('../temporal/searchAttributes.js')
      const { retentionOf } = await import('../temporal/retention.js')
      await withVodflow({}, async (vodflow) => {
        const { namespace } = vodflow.client.options
        const { missing: added, otherType } = await registered(vodflow)
        const unchanged = otherType.map((each) => ({ ...each, ...otherTypeText(each, namespace) }))
        print(json, { added, otherType: unchanged }, () => [
          ...(added.length > 0 ? [`registered ${added.join(', ')}`] : []),
          ...unchanged.map(({ what, fix }) => `not changed: ${what}; ${fix}`),
          ...(added.length + unchanged.length === 0 ? ['all search attributes exist'] : []),
        ])
        if (unchanged.length > 0) process.exitCode = notGood
        const { problem } = await retentionOf(vodflow.client.connection, namespace)
        if (problem) console.error(`vodflow: namespace ${namespace}: ${problem.what}; ${problem.fix}`)
      })
    })
}

async function registered({ client }: Vodflow): Promise<SearchAttributeProblems> {
  const { addSearchAttributes } = await import('../temporal/searchAttributes.js')
  try {
    return await addSearchAttributes(client)
  } catch (error) {
    const problem = messageOf((error as Error).cause ?? error)
    throw new Error(
      `The search attributes of the namespace "${client.options.namespace}" cannot be read or registered (${problem}); use a key that may administer the namespace, or let an administrator add them (Temporal Cloud: console, or tcld)`,
      { cause: error },
    )
  }
}

const help = `
VodflowFileId, VodflowProcedure, VodflowTaskId (Keyword), VodflowSubAppId (Int), VodflowOverdueSince (Datetime): search for runs with
them in the Temporal UI and with vodflow list. On Temporal Cloud, an administrator adds them to the namespace instead (console, or tcld).
Exit code: 2 one of them is registered with another type, which vodflow does not change.

Example:
  vodflow setup
`
