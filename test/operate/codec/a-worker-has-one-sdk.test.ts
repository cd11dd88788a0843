import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NativeConnection, Worker } from '@temporalio/worker'
import { expect, it } from 'vitest'
import { createVodflowWorker, parseMacKeys } from '../../../src/worker/index.js'
import { requireOneCopy, requireOneVersion } from '../../../src/worker/requireOneSdk.js'

const names = ['activity', 'client', 'common', 'proto', 'worker', 'workflow']

/** A folder in which packages are installed so: versions of those that are not as the others are, by where they lie. */
async function installed(others: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-sdk-'))
  const whole = Object.fromEntries(names.map((name) => [`node_modules/@temporalio/${name}`, '1.24.0']))
  for (const [place, version] of Object.entries({ ...whole, ...others })) {
    await mkdir(join(folder, place), { recursive: true })
    await writeFile(join(folder, place, 'package.json'), JSON.stringify({ version }))
  }
  return join(folder, 'index.js')
}

const ofWorker = 'node_modules/@temporalio/worker/node_modules/@temporalio'

it('one version of all is good, and so is what is installed here', async () => {
  requireOneVersion(await installed())
  requireOneVersion(await installed({ [`${ofWorker}/common`]: '1.24.0' }))
  requireOneVersion()
})

it('one version of all that is older than the peer range is refused', async () => {
  const range = JSON.parse(await readFile('package.json', 'utf8')).peerDependencies['@temporalio/worker']
  const older = Object.fromEntries(names.map((name) => [`node_modules/@temporalio/${name}`, '1.23.9']))
  const from = await installed(older)
  const oldest = range.replace('^', '')
  expect(() => requireOneVersion(from)).toThrow(
    `@temporalio: @temporalio/worker 1.23.9, which is older than ${oldest}, the oldest that vodflow supports; install all @temporalio packages in version ${oldest}; npm ls @temporalio/worker`,
  )
})

it.each(names)('a patch of %s alone is good', async (name) => {
  requireOneVersion(await installed({ [`node_modules/@temporalio/${name}`]: '1.24.9' }))
})

it.each<[string, Record<string, string>, RegExp]>([
  [
    'common is older for vodflow',
    { 'node_modules/@temporalio/common': '1.23.0' },
    /@temporalio\/common 1\.23\.0 next to @temporalio\/worker 1\.24\.0; install all .* in version 1\.24\.0; npm ls @temporalio\/common/,
  ],
  [
    'the worker has an older common of its own',
    { [`${ofWorker}/common`]: '1.22.1' },
    /common 1\.22\.1 next to/,
  ],
  [
    'the worker has a patched common of its own',
    { [`${ofWorker}/common`]: '1.24.1' },
    /common 1\.24\.0, @temporalio\/common 1\.24\.1 next to/,
  ],
  ['another major version', { 'node_modules/@temporalio/client': '2.24.0' }, /client 2\.24\.0 next to/],
  ['the client is newer', { 'node_modules/@temporalio/client': '1.25.0' }, /client 1\.25\.0 next to/],
  [
    'the worker is older than all others',
    { 'node_modules/@temporalio/worker': '1.20.0' },
    /activity 1\.24\.0, .*workflow 1\.24\.0 next to @temporalio\/worker 1\.20\.0, which is older than 1\.24\.0.*; install all .* in version 1\.24\.0/,
  ],
])('%s: refused, with the packages and the remedy', async (_, others, message) => {
  const from = await installed(others)
  expect(() => requireOneVersion(from)).toThrow(message)
})

it.each([
  ['NativeConnection', NativeConnection],
  ['Worker', Worker],
])('a %s from another copy is refused', (name, kind) => {
  const Other = { [name]: class {} }[name] as new () => object
  expect(() => requireOneCopy(new Other(), kind)).toThrow(
    new RegExp(`the ${name} .* from another copy .* npm dedupe`),
  )
  requireOneCopy(Object.create(kind.prototype), kind)
})

class Connection {}
const OtherCopy = { NativeConnection: class {} }.NativeConnection

it.each<[unknown, string]>([
  [undefined, 'connection: missing; pass await NativeConnection.connect'],
  [null, 'connection: missing; pass await NativeConnection.connect'],
  [new Connection(), 'connection: is not a NativeConnection; pass await'],
  ['localhost:7233', 'connection: is not a NativeConnection; pass await'],
  [Object.create(null), 'connection: is not a NativeConnection; pass await'],
  [new OtherCopy(), '@temporalio/worker: the NativeConnection comes from another copy'],
])('a worker with another connection is refused: %o', async (connection, message) => {
  const account = { default: { endpoint: 'http://127.0.0.1:1' } }
  const macKeys = parseMacKeys(`k1:${'a'.repeat(32)}`)
  await expect(createVodflowWorker({ accounts: account, macKeys, connection } as never)).rejects.toThrow(
    message,
  )
})
