import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const exec = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const folders = (await readdir(`${root}examples`, { withFileTypes: true })).filter((entry) =>
  entry.isDirectory(),
)
const examples = folders.map(({ name }) => name)

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
