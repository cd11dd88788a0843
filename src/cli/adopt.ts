import type { Command } from 'commander'
import { subAppOption, textOption } from './options.js'
import { withVodflow } from './session.js'
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
    .description(
      'waits for a task that the console, an upload or another system has started; submits nothing',
    )
    .argument('<TaskId>')
    .option('--sub-app <SubAppId>', 'default: the application of the account', subAppOption)
    .option('--account <alias>', 'alias of the account, as the workers know it', textOption)
    .option('--watch', 'show progress until the end', false)
    .option('--json', 'JSON, one object a line', false)
    .addHelpText(
      'after',
      '\nExample:\n  vodflow adopt 1500000001-procedurev2-3c4a5b --sub-app 1500000001 --watch\n',
    )
    .action(async (TaskId: string, { subApp, account, watch, json }: AdoptFlags) => {
      await withVodflow({ account }, async (vodflow) => {
        const run = await vodflow.adopt({ TaskId, ...(subApp === undefined ? {} : { SubAppId: subApp }) })
        await answerWith(run, { watch, json })
      })
    })
}
