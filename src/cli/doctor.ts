import type { Command } from 'commander'
import type { DoctorFinding } from '../operate/doctor/index.js'
import { columnsOf, wrapped } from './layout.js'
import { subAppOption, textOption } from './options.js'
import { notGood, print } from './print.js'

interface DoctorFlags {
  readonly account: string
  readonly subApp?: number
  readonly procedure?: string
  readonly json: boolean
}

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('checks everything that a run needs, and shows how to fix what is wrong')
    .option('--account <alias>', 'alias of the account, as the workers know it', textOption, 'default')
    .option('--sub-app <SubAppId>', 'sub-app to use (default: the application of the account)', subAppOption)
    .option('--procedure <name>', 'a task flow template that must exist', textOption)
    .option('--json', 'print JSON, one finding per line', false)
    .addHelpText('after', help)
    .action(async ({ account, subApp, procedure, json }: DoctorFlags) => {
      const { examine } = await import('../operate/doctor/index.js')
      const { VODFLOW_MAC_KEYS: macKeys, VODFLOW_SIGN_KEY: signKey, VODFLOW_VOD_ENDPOINT } = process.env
      const endpoint = VODFLOW_VOD_ENDPOINT || undefined
      const options = { account, SubAppId: subApp, ProcedureName: procedure, macKeys, signKey, endpoint }
      for await (const finding of examine(options)) {
        print(json, finding, () => textOf(finding))
        if (finding.state === 'bad') process.exitCode = notGood
      }
    })
}

const words = { good: 'good', doubtful: 'LOOK', bad: 'BAD', skipped: 'skipped' } as const

function textOf({ check, state, what, fix }: DoctorFinding): string[] {
  const columns = columnsOf(process.stdout) ?? Number.POSITIVE_INFINITY
  const indent = ' '.repeat(31)
  const line = `${words[state].padEnd(10)}  ${check.padEnd(17)}  ${what}`
  const fixes = fix === undefined ? [] : wrapped(`${indent}-> ${fix}`, columns, `${indent}   `)
  return [...wrapped(line, columns, indent), ...fixes]
}

const help = `
Changes nothing. Uses the settings of this shell, so run it where the worker and the callback service run.
Exit code: 0 nothing is bad (something may be doubtful), 2 something is bad.

Examples:
  vodflow doctor
  vodflow doctor --sub-app 1500000001 --procedure episode --json
`
