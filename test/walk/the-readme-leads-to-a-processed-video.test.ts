import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  blocksOf,
  compilerOptions,
  type EmptyFolder,
  openEmptyFolder,
  root,
  typesOfMs,
} from './emptyFolder.js'

let folder: EmptyFolder
beforeAll(async () => {
  folder = await openEmptyFolder()
})
afterAll(() => folder.remove())

it('the README starts with the commands that work in a clone', async () => {
  const [first = ''] = await blocksOf('README.md', 'sh')
  expect(first).toMatch(/^git clone .*\nmake demo .*\nmake test /)
})

it.each(['README.md', 'docs/quickstart.md'])('the commands of %s that install are the same', async (page) => {
  expect((await installCommands(page)).join('\n')).toBe((await installCommands('README.md')).join('\n'))
})

/** Lines without their comments. */
async function installCommands(page: string): Promise<string[]> {
  const blocks = (await blocksOf(page, 'sh')).filter((block) => block.startsWith('npm pack'))
  expect(blocks).toHaveLength(1)
  return (blocks[0] ?? '')
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +#.*/, ''))
}

it('the commands of the README, next to a clone, end with a processed video', async () => {
  const [pack, ...rest] = await installCommands('README.md')
  expect(pack).toBe('npm pack')
  const stdout = await folder.sh(rest.join('\n'), 'vodflow')
  expect(stdout).toMatch(/publish\/\d+: approved \(The policy says pass, VOD pass\)/)
  for (const made of [
    'Transcode 100010',
    'Transcode 100030',
    'AdaptiveDynamicStreaming 10',
    'CoverBySnapshot 10',
  ])
    expect(stdout).toMatch(new RegExp(`  ${made} +http://127\\.0\\.0\\.1:\\d+/media/`))
  expect(stdout).toContain('The worker is killed while VOD works.')
  expect(stdout).toContain('/report/report.html')
}, 240_000)

it('npm start again bills nothing, and what is kept can be looked at', async () => {
  expect(await folder.sh('npm start')).toContain('already started; nothing is billed again')
  const look = 'npx vodflow list --json --type publish; curl -s $VODFLOW_VOD_ENDPOINT/_admin/books'
  const dev = 'npx vodflow dev --data .vodflow --no-ffmpeg --temporal-port 0 --ui-port 0 --vod-port 0'
  const [run = '', books = ''] = (await folder.sh(`${dev} -- sh -c '${look}'`)).split('\n')
  expect(JSON.parse(run)).toMatchObject({ status: 'COMPLETED' })
  const types = JSON.parse(books).tasks.map(({ TaskType }: { TaskType: string }) => TaskType)
  expect(types.sort()).toEqual(['Procedure', 'ReviewAudioVideo'])
  expect(await folder.sh('git init -q && git status --short --untracked-files=all')).not.toMatch(
    /\.vodflow|node_modules|report/,
  )
}, 120_000)

const devIsUp = 'until you press Ctrl-C.'

it('the quickstart looks around, and has a person decide', async () => {
  const [, , dev = '', look = '', devOfReview = '', start = '', approve = ''] = await blocksOf(
    'docs/quickstart.md',
    'sh',
  )
  const around = await folder.terminal(dev, devIsUp)
  try {
    const shown = await folder.sh(look)
    expect(shown).toContain('succeeded: ')
    expect(shown).toMatch(/processMediaByProcedure COMPLETED/)
    expect(await readdir(folder.path)).toContainEqual(expect.stringMatching(/^report-\d+$/))
  } finally {
    await around.close()
  }
  const ofReview = await folder.terminal(devOfReview, devIsUp)
  try {
    const starting = await folder.terminal(start, ': started')
    const status = approve.split('\n').slice(0, 2).join('\n')
    await expect.poll(() => folder.sh(status), { timeout: 60_000 }).toContain('waits for a person')
    expect(await folder.sh(approve)).toContain('gate review approved by ada')
    expect(await starting.ended).toBe(0)
    expect(starting.printed()).toContain('approved (a beach)')
  } finally {
    await ofReview.close()
  }
}, 240_000)

it('docs/develop.md runs a pipeline, restarts its worker with a change, and tests it', async () => {
  const [dev = '', watch = '', start = '', test = ''] = await blocksOf('docs/develop.md', 'sh')
  const up = await folder.terminal(dev, devIsUp)
  try {
    const polls = 'The worker polls "pipelines".'
    const worker = await folder.terminal(watch, polls)
    try {
      expect(await folder.sh(start)).toMatch(/first: approved \(The policy[\s\S]*publish COMPLETED/)
      const file = join(folder.path, 'src/workflows.ts')
      const edited = (await readFile(file, 'utf8')).replace(
        /^ {4}reason,$/m,
        "    reason: 'edited: ' + reason,",
      )
      await writeFile(file, edited)
      await expect.poll(() => worker.printed().split(polls).length, { timeout: 60_000 }).toBe(3)
      expect(await folder.sh(start.replaceAll('first', 'second'))).toContain('second: approved (edited: The')
    } finally {
      await worker.close()
    }
  } finally {
    await up.close()
  }
  expect(await folder.sh(test)).toMatch(/4 passed/)
}, 240_000)

it('what the starter is made of has the right types', () => folder.sh('npm run check'), 120_000)

it('every entry point, and the code in the README, has the right types for whoever imports it', async () => {
  // The peers of vodflow/telemetry, which only those who want traces install.
  await folder.sh('npm install @opentelemetry/api @temporalio/interceptors-opentelemetry')
  const consumer = join(folder.path, 'consumer')
  await mkdir(consumer)
  const write = (name: string, text: string) => writeFile(join(consumer, name), text)
  await write('ms.d.ts', typesOfMs)
  const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { exports: object }
  const paths = Object.keys(exports).filter((path) => !path.endsWith('.json'))
  expect(paths.length).toBeGreaterThan(5)
  const imports = paths.map((path) => `export * as e${paths.indexOf(path)} from 'vodflow${path.slice(1)}'\n`)
  await write('everyEntry.ts', imports.join(''))
  // A block imports another one by the name of its file.
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^<!-- from \S+\/(\S+) -->\n```ts\n(.*?)^```$/gms)]
  expect(blocks).toHaveLength((await blocksOf('README.md', 'ts')).length)
  for (const [, name = '', block] of blocks) await write(name, `${block}export {}\n`)
  // A name that is not there must be told: else the types were any.
  await write('wrong.ts', "// @ts-expect-error\nexport { nothing } from 'vodflow'\n")

  for (const [moduleResolution, module] of [
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ]) {
    const options = { ...compilerOptions, module, moduleResolution, types: ['node'] }
    await write('tsconfig.json', JSON.stringify({ compilerOptions: options, include: ['*.ts'] }))
    // With our own TypeScript: the starter's, which has checked the starter, takes four times as long.
    await folder.sh(`${join(root, 'node_modules/.bin/tsc')} -p consumer`)
  }
}, 120_000)

it('every entry point can be imported', async () => {
  const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { exports: object }
  // Workflows can be loaded in Temporal's sandbox only, where the quickstart has had them.
  const paths = Object.keys(exports).filter((path) => !/json|workflows/.test(path))
  const names = await folder.sh(
    `node --input-type=module -e "${paths.map((path) => `console.log(Object.keys(await import('vodflow${path.slice(1)}')).length);`).join('')}"`,
  )
  expect(names.trim().split('\n').map(Number)).toHaveLength(paths.length)
  expect(
    names
      .trim()
      .split('\n')
      .map(Number)
      .every((count) => count > 0),
  ).toBe(true)
}, 60_000)

const plugin = `import { parseMacKeys, VodflowPlugin } from 'vodflow/worker'
new VodflowPlugin({ accounts: { default: {} }, macKeys: parseMacKeys('k1:' + 'a'.repeat(32)) })
console.log('ready')
`
const bin = join(root, 'node_modules/.bin')
const bundle = (format: string, ...flags: readonly string[]) =>
  `${bin}/esbuild worker.ts --bundle --platform=node --format=${format} --outfile=out/${format}.js --log-level=error ${flags.join(' ')} && node out/${format}.js`

it.each([
  ['tsx', `${bin}/tsx worker.ts`],
  [
    'require',
    `node -e "require('vodflow'); require('vodflow/callbacks'); require('vodflow/emulator')" && ${bin}/tsx worker.ts`,
  ],
  ['esbuild, with packages as external', bundle('cjs', '--packages=external')],
])(
  'a CommonJS project works with %s',
  async (_, command) => {
    expect(await inCommonJs(command)).toBe('ready\n')
  },
  60_000,
)

it.each([
  ['the Temporal SDK alone as external', bundle('cjs', "'--external:@temporalio/*'")],
  [
    'a CommonJS bundle in a file with another name',
    `${bundle('cjs', "'--external:@temporalio/*'")} || (cp out/cjs.js moved.cjs && node moved.cjs)`,
  ],
  [
    'an ES module',
    `${bin}/esbuild worker.ts --bundle --platform=node --format=esm --outfile=out/worker.mjs --log-level=error '--external:@temporalio/*' --external:tencentcloud-sdk-nodejs-common --external:tencentcloud-sdk-nodejs-vod && node out/worker.mjs`,
  ],
])(
  'a worker bundled with %s says how to bundle it',
  async (_, command) => {
    await expect(inCommonJs(command)).rejects.toThrow(
      /vodflow: a bundler has put its code into another file.* mark vodflow and @temporalio\/\* as external/,
    )
  },
  60_000,
)

/** A folder without a "type", next to the packages of the pipeline. */
async function inCommonJs(command: string): Promise<string> {
  const project = join(folder.path, 'commonjs')
  await mkdir(project, { recursive: true })
  await writeFile(join(project, 'package.json'), '{}')
  await writeFile(join(project, 'worker.ts'), plugin)
  return folder.sh(`cd commonjs\n${command}`)
}
