import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command as Program } from 'commander'
import { root } from '../support/binary.js'
import type { Block } from './blocks.js'

export interface Command {
  readonly where: string
  readonly words: readonly string[]
}

/** The commands of a block: without comments, assignments before them, and what only chains them. */
export function commandsOf({ where, text }: Block): Command[] {
  return text
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) => withoutComment(line).split(/&&|\||;/))
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
    word.replaceAll(/(^|[^\\])["']/g, '$1'),
  )
}

/** Programs of others, and the shell's own: how they are called is not ours. */
const others = [
  'cd',
  'cp',
  'chmod',
  'mkdir',
  'export',
  'source',
  'git',
  'curl',
  'openssl',
  'temporal',
  'docker',
  'kubectl',
  'kustomize',
  'python',
  'pip',
  'node',
]

/** Why a command cannot be carried out as it stands; undefined when it can. Ours is parsed by the real program, and not carried out. */
export async function problemOf({ words }: Command, program: Program): Promise<string | undefined> {
  const [name = '', second = '', third = ''] = words
  if (name === 'vodflow') return problemOfOurs(words.slice(1), program)
  if (name === 'npx' && second === 'vodflow') return problemOfOurs(words.slice(2), program)
  if (name === 'npx')
    return (await packages()).has(second) ? undefined : `${second} is no package of this one`
  if (name === 'npm' && ['install', 'init', 'start', 'test', 'pack', 'ci'].includes(second)) return undefined
  if (name === 'npm' && second === 'run')
    return (await scripts()).has(third) ? undefined : `there is no script ${third}`
  if (name === 'make') return (await targets()).has(second) ? undefined : `there is no target ${second}`
  return others.includes(name) ? undefined : `${name} is not known here`
}

async function problemOfOurs(words: readonly string[], program: Program): Promise<string | undefined> {
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
    return ['commander.helpDisplayed', 'commander.version'].includes(code ?? '')
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
