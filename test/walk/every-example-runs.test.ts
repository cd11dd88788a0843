import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const exec = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const examples = (await readdir(`${root}examples`)).filter((name) =>
  existsSync(`${root}examples/${name}/run.ts`),
)

it('there are as many as the documentation names', async () => {
  const compose = await readFile(`${root}docs/compose.md`, 'utf8')
  const named = [...compose.matchAll(/\(\.\.\/examples\/([\w-]+)\/README\.md\)/g)].map(([, name]) => name)
  expect([...new Set(named)].sort()).toEqual(examples.toSorted())
})

describe.each(examples)('make example NAME=%s', (name) => {
  it('does what it claims', async () => {
    const run = ['--no-install', 'tsx', `examples/${name}/run.ts`]
    const { stdout } = await exec('npx', run, { cwd: root, env: { ...process.env, KEEP: '' } })
    // An example claims things one by one, and ends with an error at the first that has not happened.
    expect(stdout.match(/✓/g)?.length).toBeGreaterThan(2)
  }, 180_000)

  it('says what it shows', () => {
    expect(existsSync(`${root}examples/${name}/README.md`)).toBe(true)
  })
})

it('the test of docs/testing.md passes, by the command of that page', async () => {
  const page = await readFile(`${root}docs/testing.md`, 'utf8')
  const [command = ''] = /^npx vodflow dev .*-- npx vitest run.*$/m.exec(page) ?? []
  // In a project of a user's there is no configuration, and the test stands beside its files.
  const config = `${root}.cache/user.vitest.config.mjs`
  await mkdir(dirname(config), { recursive: true })
  await writeFile(config, 'export default {}\n')
  const here = command
    .replace('npx vodflow', `node ${root}dist/cli/main.js`)
    .replace('npx vitest', `${root}node_modules/.bin/vitest`)
  const { stdout } = await exec('sh', ['-c', `${here} --config ${config}`], {
    cwd: `${root}examples/publish-episode`,
  })
  expect(stdout).toMatch(/4 passed/)
}, 180_000)
