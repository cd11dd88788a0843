import { writeFile } from 'node:fs/promises'
import type { Command, Help } from 'commander'
import { createProgram } from '../src/cli/program.js'

/* Writes docs/cli.md from the help of every command: `npx tsx scripts/cli-reference.ts`. */

/** Returns the whole page. */
export function cliReference(): string {
  const program = createProgram()
  const help = program.createHelp()
  const commands = shown(program, help)
  const groups = [...new Set(commands.map((command) => command.helpGroup()))]
  return [
    '# Commands',
    '',
    'This page lists every command of `vodflow` with its options. `npx tsx scripts/cli-reference.ts` writes it from the code, and `vodflow <command> --help` prints the same.',
    '',
    'An option whose variable is named takes its value from the environment if you do not pass it. [Settings](settings.md#environment) lists all variables.',
    'With `--json`, a command prints only objects of the shapes below; [Outcome](outcome.md) describes `outcome`. Errors and other messages are',
    'text on standard error, also with `--json`.',
    ...textAfter(program),
    ...groups.flatMap((group) => [
      '',
      `## ${group.replace(/:$/, '')}`,
      ...commands.filter((each) => each.helpGroup() === group).flatMap((each) => entryOf(each, help, '###')),
    ]),
    '',
  ].join('\n')
}

function entryOf(command: Command, help: Help, level: string): string[] {
  const path = `${help.commandUsage(command).replace(/ [[<].*$/, '')}`
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help')
  return [
    '',
    `${level} ${path}`,
    '',
    `${sentence(command.description())}`,
    '',
    '```text',
    help.commandUsage(command),
    '```',
    ...table(
      'argument',
      help
        .visibleArguments(command)
        .map((each) => [help.argumentTerm(each), help.argumentDescription(each)] as const),
    ),
    ...table(
      'option',
      options.map((each) => [help.optionTerm(each), help.optionDescription(each)] as const),
    ),
    ...textAfter(command),
    ...shown(command, help).flatMap((each) => entryOf(each, help, `${level}#`)),
  ]
}

function shown(command: Command, help: Help): Command[] {
  return help.visibleCommands(command).filter((each) => each.name() !== 'help')
}

function table(what: string, rows: readonly (readonly [string, string])[]): string[] {
  const cells = rows.map(
    ([term, meaning]) => `| \`${cell(term)}\` | ${cell(meaning).replaceAll('<', '\\<')} |`,
  )
  return rows.length === 0 ? [] : ['', `| ${what} | meaning |`, '| --- | --- |', ...cells]
}

/** A bar would end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** Returns what the help of a command says after its options. */
function textAfter(command: Command): string[] {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part) })
  command.outputHelp()
  const after = text.slice(command.helpInformation().length).trim()
  return after === '' ? [] : after.split('\n\n').flatMap((part) => ['', ...markdownOf(part)])
}

/** Examples become commands, and tables stay as they are. */
function markdownOf(part: string): string[] {
  const [first = '', ...lines] = part.split('\n')
  if (/^Examples?:$/.test(first)) return ['```sh', ...lines.map((line) => line.trim()), '```']
  if (lines.some((line) => line.startsWith('  '))) return ['```text', part, '```']
  return [part.replaceAll(/[<*_]/g, '\\$&')]
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

if (import.meta.url === `file://${process.argv[1]}`) {
  await writeFile(new URL('../docs/cli.md', import.meta.url), cliReference())
}
