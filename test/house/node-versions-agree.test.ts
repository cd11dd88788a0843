import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { nodes } from '../../scripts/nodes.js'
import { root } from '../support/binary.js'

const read = (path: string) => readFile(join(root, path), 'utf8')
const { engines } = JSON.parse(await read('package.json'))

it('CI and docs/support.md have every version of Node that is supported', async () => {
  const { jobs } = parse(await read('.github/workflows/ci.yml'))
  expect(jobs.verify.strategy.matrix.node.map(String)).toEqual(nodes)
  const [, supported, tested] = /^\| Node \| ([\d.]+) or newer \| (.*) on Linux \|$/m.exec(
    await read('docs/support.md'),
  ) as RegExpExecArray
  expect(tested?.split(', ')).toEqual(nodes)
  expect(engines.node).toBe(`>=${supported}.0`)
})

it('the oldest one is that of package.json and of .nvmrc', async () => {
  expect(engines.node).toMatch(new RegExp(`^>=${nodes[0]}\\.`))
  expect((await read('.nvmrc')).trim()).toBe(nodes[0])
})

it('CI and a release run npm run verify, which is .ci/run', async () => {
  const { scripts } = JSON.parse(await read('package.json'))
  expect(scripts.verify).toBe('.ci/run')
  const release = parse(await read('.github/workflows/release.yml')).jobs.publish.steps
  const commands: string[] = release.flatMap(({ run = '' }: { run?: string }) => run.split('\n'))
  expect(commands).toContain('npm run verify')
  expect(commands.indexOf('npm run verify')).toBeLessThan(
    commands.findIndex((command) => command.startsWith('npm publish --provenance')),
  )
  const [verify] = Object.values(parse(await read('.github/workflows/ci.yml')).jobs) as [{ steps: unknown[] }]
  expect(verify.steps).toContainEqual({ run: 'npm run verify' })
})
