import type { Command } from 'commander'
import { createProgram } from '../../src/cli/program.js'

/** What the command line answers to words that it refuses before it does anything: no process is needed to read it. */
export async function refusalOf(args: readonly string[]): Promise<string> {
  let said = ''
  const program = createProgram()
  for (const each of withSubcommands(program))
    each.exitOverride().configureOutput({
      writeErr: (text) => {
        said += text
      },
    })
  const refused = await program.parseAsync([...args], { from: 'user' }).then(
    () => false,
    () => true,
  )
  if (!refused) throw new Error(`not refused: ${args.join(' ')}`)
  return said
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}
