import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type EmptyFolder, openEmptyFolder, readmeBlocks, root } from './emptyFolder.js'

let folder: EmptyFolder
beforeAll(async () => {
  folder = await openEmptyFolder()
})
afterAll(() => folder.remove())

it('the commands of the README, in an empty folder, end with a processed video', async () => {
  const quickstarts = (await readmeBlocks('sh')).filter((block) => block.includes('npm install vodflow'))
  expect(quickstarts).toHaveLength(1)
  const [quickstart = ''] = quickstarts
  const stdout = await folder.sh(quickstart.replace('npm install vodflow', `npm install ${folder.tarball}`))
  expect(stdout).toContain("status: 'succeeded'")
  expect(stdout).toContain("decision: 'approved'")
  for (const made of ['v.f100010.mp4', 'v.f100030.mp4', 'adp.10.m3u8', 'cover.10.jpg'])
    expect(stdout).toMatch(new RegExp(`http://127\\.0\\.0\\.1:\\d+/media/\\d+/\\S*${made}`))
}, 240_000)

it('what the starter is made of has the right types', () => folder.sh('npm run check'), 120_000)

// Temporal's time.d.ts asks for the types of ms, which do not resolve: said in its place, so that nothing is skipped.
const types = "declare module 'ms' {\n  export type StringValue = string\n}\n"

const options = { target: 'es2022', lib: ['es2023'], strict: true, noEmit: true, skipLibCheck: false }

it('every entry point, and the code in the README, has the right types for whoever imports it', async () => {
  // The peers of vodflow/telemetry, which only those who want traces install.
  await folder.sh('npm install @opentelemetry/api @temporalio/interceptors-opentelemetry')
  const consumer = join(folder.path, 'consumer')
  await mkdir(consumer)
  const write = (name: string, text: string) => writeFile(join(consumer, name), text)
  await write('ms.d.ts', types)
  const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { exports: object }
  const paths = Object.keys(exports).filter((path) => !path.endsWith('.json'))
  expect(paths.length).toBeGreaterThan(5)
  const imports = paths.map((path) => `export * as e${paths.indexOf(path)} from 'vodflow${path.slice(1)}'\n`)
  await write('everyEntry.ts', imports.join(''))
  const blocks = await readmeBlocks('ts')
  expect(blocks.length).toBeGreaterThan(0)
  for (const [index, block] of blocks.entries()) await write(`readme${index}.ts`, `${block}export {}\n`)
  // A name that is not there must be told: else the types were any.
  await write('wrong.ts', "// @ts-expect-error\nexport { nothing } from 'vodflow'\n")

  for (const [moduleResolution, module] of [
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ]) {
    const compilerOptions = { ...options, module, moduleResolution, types: ['node'] }
    await write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }))
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
