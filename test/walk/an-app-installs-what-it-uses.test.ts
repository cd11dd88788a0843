import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { putSample, sampleTemplate } from '../../src/cli/dev/sample.js'
import { type Stack, startStack } from '../../src/cli/dev/stack.js'
import { compilerOptions, type EmptyFolder, openEmptyFolder, root, typesOfMs } from './emptyFolder.js'

const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const tarball = `../vodflow/vodflow-${version}.tgz`

let folder: EmptyFolder
beforeAll(async () => {
  folder = await openEmptyFolder()
})
afterAll(() => folder.remove())

/** Makes a folder next to the package. */
async function project(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(dirname(folder.path), name)
  await mkdir(path)
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text)
  return path
}

describe('an app that only starts runs', () => {
  const entries = ['vodflow', 'vodflow/workflows', 'vodflow/callbacks', 'vodflow/emulator']
  const app = `import { connect } from 'vodflow'
const vodflow = await connect()
const run = await vodflow.process({ FileId: process.argv[2] ?? '', ProcedureName: '${sampleTemplate.Name}' })
console.log((await run.result()).status)
await vodflow.close()
`
  let path: string
  let stack: Stack
  beforeAll(async () => {
    path = await project('app', {
      'package.json': '{ "type": "module" }',
      'app.mjs': app,
      'app.ts': app,
      'entries.ts': entries.map((entry, index) => `export * as e${index} from '${entry}'\n`).join(''),
      'ms.d.ts': typesOfMs,
      'tsconfig.json': JSON.stringify({
        compilerOptions: { ...compilerOptions, module: 'nodenext', types: ['node'] },
        files: ['app.ts', 'entries.ts', 'ms.d.ts'],
      }),
    })
    await folder.sh(`npm install ${tarball}`, 'app')
    stack = await startStack({ vod: { media: 'instant' } })
  })
  afterAll(() => stack.close())

  it('installs no native code, and nothing of a worker', async () => {
    const files = await readdir(join(path, 'node_modules'), { recursive: true })
    expect(files.filter((file) => file.endsWith('.node'))).toEqual([])
    const sdk = await readdir(join(path, 'node_modules/@temporalio'))
    expect(sdk.sort()).toEqual(['client', 'common', 'envconfig', 'proto', 'workflow'])
  })

  // docs/decisions/0041-what-an-app-installs.md has the sizes. Raise the limits only on purpose.
  it('installs at most 140 packages and 60 MB', async () => {
    const lock = JSON.parse(await readFile(join(path, 'node_modules/.package-lock.json'), 'utf8'))
    expect(Object.keys(lock.packages).length).toBeLessThanOrEqual(140)
    const entriesOfFolder = await readdir(join(path, 'node_modules'), {
      recursive: true,
      withFileTypes: true,
    })
    const files = entriesOfFolder.filter((entry) => entry.isFile())
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
    )
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000_000)
  })

  it('starts a run and has its outcome', async () => {
    const { signal } = new AbortController()
    const FileId = await putSample(stack, { video: undefined, ffmpeg: false, signal })
    const start = `TEMPORAL_ADDRESS=${stack.temporal.address} node app.mjs ${FileId}`
    expect(await folder.sh(start, 'app')).toBe('succeeded\n')
  })

  it('has the right types', () => folder.sh(`${join(root, 'node_modules/.bin/tsc')} -p .`, 'app'))

  it('gets its worker by the command that the error names', async () => {
    const script =
      "import('vodflow/worker').then(() => console.log('ready'), ({ message }) => console.log(message))"
    const load = `node -e "${script}"`
    const [, command = ''] = /run (npm install .*)\n$/.exec(await folder.sh(load, 'app')) ?? []
    expect(command).toMatch(
      /^npm install @temporalio\/worker@\d\S+ @temporalio\/activity@\S+ @temporalio\/plugin@\S+$/,
    )
    await folder.sh(command, 'app')
    expect(await folder.sh(load, 'app')).toBe('ready\n')
  })
})

describe('the starter, without npm', () => {
  beforeAll(async () => {
    await project('tools', { 'package.json': '{}' })
    await folder.sh('npm install pnpm@10 @yarnpkg/cli-dist@4', 'tools')
  })

  it.each([
    // Since version 10, it runs no install scripts.
    ['pnpm', { 'package.json': '{}' }],
    [
      'yarn',
      {
        '.yarnrc.yml': 'nodeLinker: node-modules\n',
        'yarn.lock': '',
        // Yarn fails where a registry lacks an optional package for another platform; others leave it out.
        'package.json': '{ "resolutions": { "napi-windows-process-start-time": "link:./none" } }',
      },
    ],
  ])(
    '%s installs it, and it processes a video',
    async (manager, files) => {
      await project(manager, files)
      const commands = [
        'export PATH=$PWD/../tools/node_modules/.bin:$PATH',
        `${manager} add vodflow@file:${tarball}`,
        `${manager} exec vodflow init`,
        `${manager} install`,
        `${manager} start`,
        `${manager} run check`,
      ]
      expect(await folder.sh(commands.join('\n'), manager)).toMatch(
        /publish\/\d+: approved \(The policy says pass, VOD pass\)\n(.*\n)*.*Transcode 100010 +http:/,
      )
    },
    300_000,
  )
})
