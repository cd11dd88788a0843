import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missingPeer } from '../../src/cli/init/peers.js'
import { root } from '../support/binary.js'
import { type Installed, install } from '../support/installed.js'

/** What Node says of a package that is not installed. */
function errorOfNode(name: string): unknown {
  const script = `import('${name}').catch(({ code, message }) => console.log(JSON.stringify({ code, message })))`
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: tmpdir() })
  return JSON.parse(said.toString())
}

it.each([
  '@temporalio/workflow',
  '@temporalio/common',
  '@temporalio/envconfig',
  '@temporalio/client/lib/x.js',
])('%s is named, with what to install', (path) => {
  const [scope, name] = path.split('/')
  const all = /npm install @temporalio\/client .*@temporalio\/workflow$/
  const said = missingPeer(errorOfNode(path))
  expect(said).toContain(`${scope}/${name} is not installed`)
  expect(said).toMatch(all)
})

it.each([
  ['another package', () => errorOfNode('left-pad')],
  ['a file', () => errorOfNode('./nowhere.js')],
  ['another error', () => new Error("'@temporalio/client' failed")],
  ['no error', () => undefined],
])('%s is not', (_, error) => {
  expect(missingPeer(error())).toBeUndefined()
})

const { peerDependencies, peerDependenciesMeta } = JSON.parse(
  await readFile(join(root, 'package.json'), 'utf8'),
) as { readonly peerDependencies: object; readonly peerDependenciesMeta: object }
const { version } = createRequire(import.meta.url)('@temporalio/client/package.json')
const optional = Object.keys(peerDependenciesMeta)
const forWorker = ['@temporalio/worker', '@temporalio/activity', '@temporalio/plugin']
const forTraces = ['@opentelemetry/api', '@temporalio/interceptors-opentelemetry']

function lack(entry: string, names: readonly string[]): string {
  const them = names.length === 1 ? 'it, and it is' : 'them, and they are'
  const versions = names.map((name) => (name.startsWith('@temporalio/') ? `${name}@${version}` : name))
  return `${names.join(', ')}: ${entry} needs ${them} not installed; run npm install ${versions.join(' ')}`
}

let app: Installed
beforeAll(async () => {
  app = await install()
})
afterAll(() => app.remove())

it('the packages that every app needs are without native code', () => {
  const needed = Object.keys(peerDependencies).filter((name) => !optional.includes(name))
  expect(needed).toEqual(
    ['client', 'common', 'envconfig', 'proto', 'workflow'].map((name) => `@temporalio/${name}`),
  )
})

describe('without any optional peer', () => {
  beforeAll(() => app.without(optional))

  it.each(['vodflow', 'vodflow/callbacks', 'vodflow/emulator'])('%s can be imported', async (entry) => {
    expect(await app.import(entry, 'Object.keys(loaded).length > 0')).toBe(true)
  })

  it.each([
    ['vodflow/worker', forWorker],
    ['vodflow/telemetry', forTraces],
  ])('%s says what to install', async (entry, names) => {
    expect(await app.import(entry, '[error.name, error.message]')).toEqual([
      'InvalidInputError',
      lack(entry, names),
    ])
  })

  it.each([['worker'], ['dev', '--no-ffmpeg'], ['verify-upgrade']])(
    'vodflow %s says what to install',
    async (...args) => {
      expect(await app.vodflow(args)).toEqual({
        code: 1,
        stdout: '',
        stderr: `vodflow: ${lack('vodflow/worker', forWorker)}\n`,
      })
    },
  )

  it('a command that needs none of them works', async () => {
    const { stderr } = await app.vodflow(['list'], {
      TEMPORAL_CONFIG_FILE: join(root, 'test/client/broken.toml'),
    })
    // Read by a package of a package.
    expect(stderr).toContain('Invalid TOML document')
  })
})

describe.each([
  ...forWorker.map((name) => [name, 'vodflow/worker'] as const),
  ...forTraces.map((name) => [name, 'vodflow/telemetry'] as const),
])('without %s alone', (name, entry) => {
  beforeAll(() => app.without([name]))

  it(`${entry} says what to install`, async () => {
    expect(await app.import(entry, 'error.message')).toBe(lack(entry, [name]))
  })
})

it('vodflow dev that can fetch no Temporal names @temporalio/testing among what would help', async () => {
  await app.without(['@temporalio/testing'])
  const nowhere = join(app.path, 'nowhere')
  const { code, stderr } = await app.vodflow(['dev', '--no-ffmpeg'], {
    PATH: nowhere,
    XDG_CACHE_HOME: nowhere,
  })
  expect(stderr).toContain(`from the Temporal SDK: ${lack('vodflow dev', ['@temporalio/testing'])}`)
  expect(stderr).toContain('To fix it, install the Temporal CLI')
  expect(code).toBe(1)
})
