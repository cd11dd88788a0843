import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { pages, withSnippets } from '../../scripts/snippets.js'
import { createProgram } from '../../src/cli/program.js'
import { root } from '../support/binary.js'
import { type Block, blocksOfPages, inlineCodeOfPages } from './blocks.js'
import { type Command, commandsOf, mentionsOf, problemOf, problemOfMention } from './commands.js'

const allPages = await pages()
const blocks = await blocksOfPages()
const inLanguage = (language: string) => blocks.filter((block) => block.language === language)

describe('TypeScript', () => {
  const folder = join(root, '.cache/docs-blocks')
  let said = ''

  /** Each block is a module of its own, as somebody would paste it; `vodflow` is this package. */
  beforeAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    const entries = ['workflows', 'worker', 'callbacks', 'telemetry', 'emulator'].map((name) => [
      `vodflow/${name}`,
      [`../../src/${name}/index.ts`],
    ])
    const paths = { vodflow: ['../../src/client/index.ts'], ...Object.fromEntries(entries) }
    const compilerOptions = { paths, noUnusedLocals: false, noUnusedParameters: false }
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'] }),
    )
    for (const block of inLanguage('ts'))
      await writeFile(join(folder, fileOf(block)), `${asInItsFolder(block)}\nexport {}\n`)
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    said = await promisify(execFile)(process.execPath, [
      tsc,
      '-p',
      folder,
      '--noEmit',
      '--pretty',
      'false',
    ]).then(
      ({ stdout }) => stdout,
      ({ stdout, stderr }) => `${stdout}${stderr}`,
    )
  })

  it('there are blocks', () => expect(inLanguage('ts').length).toBeGreaterThan(5))

  it.each(inLanguage('ts').map((block) => [block.where, block] as const))('%s compiles', (_, block) => {
    expect(said.split('\n').filter((line) => line.includes(fileOf(block)))).toEqual([])
  })

  it('and nothing else is wrong', () => expect(said).toBe(''))
})

describe('a block that users copy is the text of a tested file', () => {
  it.each(allPages)('%s is what the files say; if not, npm run snippets', async (page) => {
    const text = await readFile(join(root, page), 'utf8')
    expect(withSnippets(text)).toBe(text)
  })

  it('and no code that imports vodflow is a page of its own', () => {
    const imports = inLanguage('ts').filter(({ text }) => /from 'vodflow/.test(text))
    expect(imports.length).toBeGreaterThan(10)
    expect(imports.filter(({ from }) => from === '').map(({ where }) => where)).toEqual([])
  })

  it('what differs is found, and a file that does not exist', async () => {
    const page = (path: string, text: string) => `<!-- from ${path} -->\n\`\`\`ts\n${text}\`\`\`\n`
    const path = 'examples/snippets/gate.ts'
    const text = await readFile(join(root, path), 'utf8')
    expect(withSnippets(page(path, 'const old = 1\n'))).toBe(page(path, text))
    expect(() => withSnippets(page('no/such.ts', ''))).toThrow('no/such.ts')
  })
})

describe('commands', () => {
  const commands = inLanguage('sh').flatMap(commandsOf)

  it('there are commands', () => expect(commands.length).toBeGreaterThan(10))

  it.each(commands.map((command) => [`${command.where}: ${command.words.join(' ')}`, command] as const))(
    '%s',
    async (_, command) => {
      expect(await problemOf(command, createProgram())).toBeUndefined()
    },
  )

  const steps = inLanguage('yaml').flatMap(({ where, text }) => {
    const { jobs }: Workflow = parse(text)
    return Object.values(jobs).flatMap((job) => job.steps.map(({ run = '' }) => ({ where, text: run })))
  })

  it.each(
    steps
      .filter(({ text }) => text !== '')
      .map(({ where, text }) => [`${where}: ${text}`, { where, text }] as const),
  )('of CI: %s', async (_, step) => {
    const [command] = commandsOf(step)
    expect(command && (await problemOf(command, createProgram()))).toBeUndefined()
  })

  it('CI tests with the command that the page gives for a terminal', async () => {
    const [last = ''] = steps.map(({ text }) => text).slice(-1)
    expect(last).toContain('vodflow dev')
    const inTerminal = inLanguage('sh').filter(({ where }) => where.startsWith('docs/testing.md'))
    expect(inTerminal.map(({ text }) => text.trim())).toContain(last)
  })

  it('a command, an option or a target that there is not would be found', async () => {
    const wrong = [
      ['vodflow', 'procss'],
      ['vodflow', 'status'],
      ['npx', 'vodflow', 'list', '--colour'],
      ['make', 'coffee'],
      ['npm', 'run', 'coffee'],
      ['sudo', 'reboot'],
    ]
    for (const words of wrong) {
      const command: Command = { where: 'here', words }
      expect(await problemOf(command, createProgram()), words.join(' ')).toMatch(/./)
    }
  })
})

describe('commands and options in sentences and tables', async () => {
  const mentions = mentionsOf(await inlineCodeOfPages())

  it('there are some', () => expect(mentions.length).toBeGreaterThan(100))

  it.each(mentions.map((mention) => [`${mention.where}: ${mention.text}`, mention] as const))(
    '%s',
    async (_, mention) => {
      expect(await problemOfMention(mention, createProgram())).toBeUndefined()
    },
  )

  it.each([
    'vodflow procss',
    'vodflow submits strop',
    'vodflow retry <id>',
    'vodflow status <id> --colour',
    'vodflow batch window <id> many',
    'npx vodflow approve --reason "..."',
    'npm run chaos -- --colour',
    'make coffee',
    'scripts/coffee.sh',
    '--colour',
  ])('%s would be found', async (text) => {
    expect(await problemOfMention({ where: 'here', text }, createProgram())).toMatch(/./)
  })
})

it('every block says its language', () => {
  expect(blocks.filter(({ language }) => language === '').map(({ where }) => where)).toEqual([])
})

/** A workflow of GitHub Actions. */
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>
}

/** What it imports from files next to its own is there. */
function asInItsFolder({ from, text }: Block): string {
  return from === '' ? text : text.replaceAll("from './", `from '../../${dirname(from)}/`)
}

function fileOf({ where }: Block): string {
  return `${where.replaceAll(/[^\w]/g, '-')}.ts`
}
