import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../support/binary.js'

const exec = promisify(execFile)
let folder: string

/** A project of a user: the packed package, and the other packages of this one. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodflow-types-'))
  const installed = join(folder, 'node_modules')
  await mkdir(join(installed, 'vodflow'), { recursive: true })
  for (const name of await readdir(join(root, 'node_modules')))
    if (name !== 'vodflow') await symlink(join(root, 'node_modules', name), join(installed, name))
  const packed = await exec('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
    maxBuffer: 16 * 1024 * 1024,
  })
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]
  await exec('tar', [
    '-xzf',
    join(folder, filename),
    '--strip-components=1',
    '-C',
    join(installed, 'vodflow'),
  ])
  await cp(join(root, 'test/types/usage'), join(folder, 'src'), { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const ours = 'node_modules/typescript'
/** The newest one before ours, which API Extractor brings. It takes five times as long. */
const before = 'node_modules/@microsoft/api-extractor/node_modules/typescript'

it.each([
  [ours, 'nodenext', 'nodenext'],
  [ours, 'esnext', 'bundler'],
  [before, 'nodenext', 'nodenext'],
])('by %s, module %s and moduleResolution %s', async (compiler, module, moduleResolution) => {
  const config = await configFor(module, moduleResolution)
  const { stdout } = await exec(process.execPath, [join(root, compiler, 'bin/tsc'), '-p', config]).catch(
    (error: { stdout: string }) => error,
  )
  expect(stdout).toBe('')
})

it('needs no type of zod', async () => {
  const config = await configFor('nodenext', 'nodenext')
  const listed = await exec(process.execPath, [join(root, ours, 'bin/tsc'), '-p', config, '--listFilesOnly'])
  const files = listed.stdout.split('\n')
  expect(files.filter((file) => file.includes('/node_modules/vodflow/dist/')).length).toBeGreaterThan(100)
  expect(files.filter((file) => file.includes('/node_modules/zod/'))).toEqual([])
})

async function configFor(module: string, moduleResolution: string): Promise<string> {
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2023'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    // The declarations of Temporal and Tencent need it.
    skipLibCheck: true,
    preserveSymlinks: true,
    noEmit: true,
    module,
    moduleResolution,
  }
  const config = join(folder, `tsconfig.${moduleResolution}.json`)
  await writeFile(config, JSON.stringify({ compilerOptions, include: ['src'] }))
  return config
}
