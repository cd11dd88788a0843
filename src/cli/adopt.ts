import type { Command } from 'commander'
import type { Vodflow } from '../client/index.js'
import { InvalidInputError } from '../contract/errors.js'
import { subAppOption, textOption } from './options.js'
import { lookupOfEnvironment, withVodflow } from './session.js'
import { answerWith } from './waitFor.js'

interface AdoptFlags {
  readonly subApp?: number
  readonly account?: string
  readonly watch: boolean
  readonly json: boolean
}

export function registerAdopt(program: Command): void {
  program
    .command('adopt')
    .description('waits for a task that the console, an upload or another system started; submits nothing')
    .argument('<TaskId>')
    .option('--sub-app <SubAppId>', 'sub-app to use (default: the application of the account)', subAppOption)
    .option('--account <alias>', 'alias of the account, as the workers know it', textOption)
    .option('--watch', 'show progress until the end', false)
    .option('--json', 'print JSON, one object per line', false)
    .addHelpText(
      'after',
      '\nExample:\n  vodflow adopt 1500000001-procedurev2-3c4a5b --sub-app 1500000001 --watch\n',
    )
    .action(async (TaskId: string, { subApp, account, watch, json }: AdoptFlags) => {
      await withVodflow({ account }, async (vodflow) => {
        await requireOwn(vodflow, TaskId, { subApp, account })
        const run = await vodflow.adopt({ TaskId, SubAppId: subApp })
        await answerWith(run, { watch, json })
      })
    })
}

/**
 * Checks that the account and the application own the task. The token of a task that vodflow created names both. Skips the check if
 * this shell cannot read the task from VOD.
 *
 * @throws InvalidInputError if the token names another account or application, because only those can read the task.
 */
async function requireOwn(
  { client }: Vodflow,
  TaskId: string,
  {
    subApp,
    account = 'default',
  }: { readonly subApp: number | undefined; readonly account: string | undefined },
): Promise<void> {
  const lookup = await lookupOfEnvironment(subApp)
  if ('missing' in lookup) return
  const { tasksOfTaskId } = await import('../operate/find/findRuns.js')
  const [task] = await tasksOfTaskId(lookup, TaskId).catch(() => [])
  if (task?.address.namespace !== client.options.namespace) return
  const { address } = task
  const wrong = [
    ...(address.account === account ? [] : [`--account ${address.account}`]),
    ...(address.SubAppId === subApp || address.SubAppId === undefined
      ? []
      : [`--sub-app ${address.SubAppId}`]),
  ]
  if (wrong.length === 0) return
  const problem = `the token of "${TaskId}" names another account or application`
  throw new InvalidInputError([{ field: 'TaskId', problem, remedy: `pass ${wrong.join(' ')}` }])
}
