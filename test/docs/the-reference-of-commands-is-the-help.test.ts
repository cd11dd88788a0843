import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cliReference } from '../../scripts/cli-reference.js'
import { createProgram } from '../../src/cli/program.js'
import { root } from '../support/binary.js'

it('docs/cli.md is what the help says; make it anew with npx tsx scripts/cli-reference.ts', async () => {
  expect(await readFile(join(root, 'docs/cli.md'), 'utf8')).toBe(cliReference())
})

it('has every command and every option', () => {
  const page = cliReference()
  const everyCommand = (command = createProgram()): ReturnType<typeof createProgram>[] => [
    command,
    ...command.commands.flatMap((each) => everyCommand(each)),
  ]
  const [, ...commands] = everyCommand()
  expect(commands.length).toBeGreaterThan(35)
  for (const { parent, options } of commands) {
    expect(page).toContain(parent?.name())
    for (const { flags, hidden } of options) if (!hidden) expect(page).toContain(`| \`${flags}\` |`)
  }
})
