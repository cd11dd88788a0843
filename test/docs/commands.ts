import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command as Program } from 'commander'
import { root } from '../support/binary.js'
import { allowed } from './allowed.js'
import type { InlineCode } from './blocks.js'

export interface Command {
  readonly where: string
  readonly words: readonly string[]
}

/** The commands of a block: without comments, assignments before them, and what only chains them. */
export function commandsOf({ where, text }: InlineCode): Command[] {
  return text
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) =>
      withoutComment(line)
        .replace(/ > \S+/, '')
        .split(/&&|\||;/),
    )
    .map(wordsOf)
    .map((words) =>
      words.slice(
        Math.max(
          0,
          words.findIndex((word) => !/^[A-Z_]+=/.test(word)),
        ),
      ),
    )
    .filter((words) => words.length > 0)
    .map((words) => ({ where, words }))
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s)#.*$/, '')
}

/** Quotes hold words together. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  )
}

/** Why a command cannot be carried out as it stands; undefined when it can. Ours is parsed by the real program, and not carried out. */
export async function problemOf({ words }: Command, program: Program): Promise<string | undefined> {
  const [name = '', second = '', third = ''] = words
  if (name === 'vodflow') return problemOfOurs(words.slice(1), program)
  if (name === 'npx' && second === 'vodflow') return problemOfOurs(words.slice(2), program)
  if (name === 'npx')
    return (await packages()).has(second) ? undefined : `${second} is no package of this one`
  if (name === 'npm' && ['install', 'init', 'start', 'test', 'pack', 'ci', 'audit'].includes(second))
    return undefined
  if (name === 'npm' && second === 'run')
    return (await scripts()).has(third) ? undefined : `there is no script ${third}`
  if (name === 'make') return (await targets()).has(second) ? undefined : `there is no target ${second}`
  return name in allowed.programs ? undefined : `${name} is not known here`
}

/** Begins like something to type, or names an option. */
const typed = /^((npx|npm|make) |(vodflow|scripts\/\S+|--[a-z][\w-]*)( |$))/

/** What stands for a value in a sentence, and a value that its command accepts. */
const examples: Readonly<Record<string, string>> = {
  '<number>': '1',
  '<sub-app>': '1500000001',
  '<URL>': 'https://example.com',
}

/** The commands and options that sentences and tables name. */
export function mentionsOf(code: readonly InlineCode[]): InlineCode[] {
  return code.filter(({ text }) => typed.test(text))
}

/**
 * Why nobody could type what a sentence names. `vodflow status` alone is the name of a command, and an ending `...` stands for what
 * the page has said before: both may lack what the command requires.
 */
export async function problemOfMention(
  { where, text }: InlineCode,
  program: Program,
): Promise<string | undefined> {
  if (text.startsWith('-')) return problemOfOption(text, program)
  const [command] = commandsOf({ where, text: text.replace(/ \.\.\.$/, '') })
  const words = (command?.words ?? []).map((word) => examples[word] ?? word)
  const [name = ''] = words
  if (name.startsWith('scripts/')) return existsSync(join(root, name)) ? undefined : `there is no ${name}`
  const ours = words.slice(name === 'npx' ? 1 : 0)
  if (ours[0] === 'vodflow') {
    const isName = ours.slice(1).every((word) => /^[a-z]+$/.test(word))
    return problemOfOurs(ours.slice(1), program, isName || text.endsWith(' ...') ? lacking : [])
  }
  // Behind `--` stand those of a script of ours.
  const options = words.includes('--')
    ? words.slice(words.indexOf('--') + 1).filter((word) => /^--/.test(word))
    : []
  const problems = await Promise.all(options.map((option) => problemOfOption(option, program)))
  return (await problemOf({ where, words }, program)) ?? problems.find((problem) => problem !== undefined)
}

/** Commander's codes for a command that is there, without what it requires. */
const lacking = ['commander.missingArgument', 'commander.missingMandatoryOptionValue', 'commander.help']

/** Programs whose options pages name too. */
const programs = ['scripts', 'bench', 'test/chaos', 'test/explore', 'starter/src']

async function problemOfOption(text: string, program: Program): Promise<string | undefined> {
  const [option = ''] = text.split(' ')
  if (option in allowed.options || optionsOf(program).has(option)) return undefined
  const isParsed = new RegExp(`'${option}[ ']|[ {]${option.slice(2)}: \\{ type: '`)
  for (const folder of programs)
    for (const name of await readdir(join(root, folder)))
      if (name.endsWith('.ts') && isParsed.test(await readFile(join(root, folder, name), 'utf8')))
        return undefined
  return `there is no option ${option}`
}

function optionsOf(program: Program): Set<string> {
  const own = program.options.map(({ long }) => long ?? '')
  return new Set([...own, '--help', ...program.commands.flatMap((each) => [...optionsOf(each as Program)])])
}

async function problemOfOurs(
  words: readonly string[],
  program: Program,
  allowed: readonly string[] = [],
): Promise<string | undefined> {
  let said = ''
  const prepare = (command: Program) => {
    command.exitOverride().configureOutput({ writeErr: (text) => (said += text), writeOut: () => {} })
    if (command.commands.length === 0) command.action(() => {})
    for (const each of command.commands) prepare(each as Program)
  }
  prepare(program)
  try {
    await program.parseAsync(words, { from: 'user' })
    return undefined
  } catch (error) {
    const { code } = error as { code?: string }
    return ['commander.helpDisplayed', 'commander.version', ...allowed].includes(code ?? '')
      ? undefined
      : said || String(error)
  }
}

const packageJson = async () => JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const scripts = async () => new Set(Object.keys((await packageJson()).scripts))
const packages = async () => {
  const { dependencies, devDependencies } = await packageJson()
  return new Set(['tsx', 'tsc', ...Object.keys({ ...dependencies, ...devDependencies })])
}
const targets = async () => {
  const lines = await readFile(join(root, 'Makefile'), 'utf8')
  return new Set([...lines.matchAll(/^([a-z]+):/gm)].map(([, name]) => name ?? ''))
}
