import type { Command } from 'commander'
import { expect, it } from 'vitest'
import { jsonShapes } from '../../src/cli/jsonShapes.js'
import { createProgram } from '../../src/cli/program.js'
import { modulesLoaded } from '../support/modulesLoaded.js'
import { vodflow } from './cli.js'
import { parsed } from './documentedJson.js'

/** Every command that does something, by its words. */
function commandsOf(
  command: Command,
  words: readonly string[] = [],
): { words: readonly string[]; command: Command }[] {
  if (command.commands.length === 0) return [{ words, command }]
  return command.commands.flatMap((each) => commandsOf(each, [...words, each.name()]))
}

const all = commandsOf(createProgram())

/** They run until they are stopped, or write what has one form only. */
const withoutJson = ['init', 'dev', 'worker', 'callbacks', 'emulator', 'events listen', 'codec']

it.each(all.map(({ words, command }) => [words.join(' '), command] as const))('%s', (name, command) => {
  let help = ''
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
  expect(command.description()).not.toBe('')
  expect(help).toMatch(new RegExp(`Examples?:\n {2}vodflow ${name}( |$)`, 'm'))
  if (!withoutJson.includes(name)) {
    expect(command.options.map(({ long }) => long)).toContain('--json')
    expect(help).toMatch(/JSON output, one object per line \(\? may be absent\):\n {2}\{/)
    for (const shape of jsonShapes[name] ?? []) expect(parsed(shape)).toMatchObject({ members: {} })
  }
  for (const { long, description } of command.options) expect(`${long} ${description}`).toMatch(/^--\S+ .+/)
})

it('an option that no command has, and a command that is none, are refused with what there is', async () => {
  expect(await vodflow(['status', 'x', '--colour'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/unknown option '--colour'.*--help/s),
  })
  expect(await vodflow(['procss'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/unknown command 'procss'.*Did you mean process/s),
  })
})

it.each([
  ['worker', '--secret-key=PLANTED'],
  ['--secret-key=PLANTED'],
  ['events', 'listen', '--secret-key=PLANTED', 'more'],
  ['status', 'x', '--secret-key=PLANTED\nPLANTED'],
  ['status', 'x', "--secret-key=PLAN'TED PLANTED"],
  ['status', 'x', '--jsn=PLANTED'],
  ['status', 'x', '-kPLANTED'],
])('the value of an unknown option is not printed: %s %s %s', async (...given) => {
  const { code, stdout, stderr } = await vodflow(given)
  expect(code).toBe(1)
  expect(stderr).toMatch(/unknown option '(--secret-key|--jsn|-k)'; put -- before/)
  expect(stdout + stderr).not.toMatch(/PLAN/)
})

it('help loads nothing but commander and the commands', async () => {
  const { files, packages } = await modulesLoaded('cli/program.ts', 'createProgram')
  expect(files).toContain('src/cli/templates/index')
  expect([...packages].filter((name) => !['commander', 'tsx', 'esbuild'].includes(name))).toEqual([])
})
