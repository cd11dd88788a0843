import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.js'
import { vodflow } from './cli.js'
import { refusalOf } from './refused.js'

const payloadKeys = `k1:${'0'.repeat(64)}`
const macKeys = `k1:${'x'.repeat(32)}`

it('help names every subcommand, and its exit code is 0', async () => {
  const { code, stdout } = await vodflow(['--help'])
  expect(code).toBe(0)
  for (const name of ['worker', 'callbacks', 'emulator']) expect(stdout).toContain(name)
})

it('an empty variable of an option counts as not set', async () => {
  const { commands } = createProgram()
  const variables = commands.flatMap(({ options }) => options.flatMap(({ envVar = [] }) => envVar))
  const env = Object.fromEntries(variables.map((name) => [name, '']))
  expect(Object.keys(env).length).toBeGreaterThan(6)
  expect((await vodflow(['worker'], env)).stderr).toMatch(/^vodflow: VODFLOW_MAC_KEYS: is missing/)
  expect((await vodflow(['callbacks', '--port', '0'], env)).stderr).toMatch(
    /^vodflow: VODFLOW_MAC_KEYS: is miss/,
  )
  expect((await vodflow(['report', 'x', '--history', 'none'], env)).stderr).not.toMatch(/VODFLOW_TEMPORAL_UI/)
})

it.each([
  ['an unknown command', ['transcode'], {}, /unknown command 'transcode'/],
  [
    'an action that cannot be one',
    ['worker', '--allow', 'ModifyMediaInfo,deleteMedia'],
    {},
    /"deleteMedia" is not the name of an action; pass e\.g\. ModifyMediaInfo,DeleteMedia/,
  ],
  [
    'a worker without a MAC key',
    ['worker'],
    {},
    /VODFLOW_MAC_KEYS: is missing; set it to "k1:<at least 32 random characters>"/,
  ],
  [
    'a worker with a short MAC key',
    ['worker'],
    { VODFLOW_MAC_KEYS: 'k1:short-one' },
    /at least 32 characters in the secret of "k1", which has 9/,
  ],
  [
    'a worker without Temporal',
    ['worker'],
    { VODFLOW_MAC_KEYS: macKeys, TEMPORAL_ADDRESS: '127.0.0.1:1' },
    /Temporal at 127\.0\.0\.1:1 cannot be reached.*TEMPORAL_ADDRESS/s,
  ],
  ['a callback service without a MAC key', ['callbacks', '--port', '0'], {}, /VODFLOW_MAC_KEYS: is missing/],
  ['a callback service without a port', ['callbacks'], { VODFLOW_MAC_KEYS: macKeys }, /--port/],
  [
    '--foreign without --pull',
    ['callbacks', '--port', '0', '--foreign', 'confirm'],
    {},
    /--foreign needs --pull/,
  ],
  ['--host without --port', ['callbacks', '--pull', 'default', '--host', '::'], {}, /--host needs --port/],
  ['a sub-app that is none', ['callbacks', '--pull', 'app'], {}, /number of a sub-app, or default/],
  ['a sub-app twice', ['callbacks', '--pull', '7', '--pull', '7'], {}, /repeated; pass it once/],
  ['a word for --foreign that is none', ['callbacks', '--foreign', 'drop'], {}, /leave, confirm, forward/],
  [
    '--foreign forward without an address',
    ['callbacks', '--pull', 'default', '--foreign', 'forward'],
    { VODFLOW_MAC_KEYS: macKeys },
    /set VODFLOW_FORWARD_TO/,
  ],
  ['a port that is none', ['callbacks', '--port', '99999'], {}, /A port is a number from 0 to 65535/],
  [
    'a codec server without keys',
    ['codec', '--ui-origin', 'http://ui.test'],
    {},
    /VODFLOW_PAYLOAD_KEYS is not set/,
  ],
  ['a codec server without a UI', ['codec'], {}, /--ui-origin/],
  [
    'a codec server for any page',
    ['codec', '--ui-origin', '*'],
    {},
    /Pass scheme, host and port, without a path, e\.g\. https:\/\/temporal\.example\.com/,
  ],
  [
    'a codec server that anybody reaches',
    ['codec', '--ui-origin', 'http://ui.test', '--host', '0.0.0.0'],
    { VODFLOW_PAYLOAD_KEYS: payloadKeys },
    /anyone who can connect could read everything; set VODFLOW_CODEC_TOKENS/,
  ],
  [
    'a codec server that knows half an issuer',
    ['codec', '--ui-origin', 'http://ui.test', '--jwks', 'http://login.test/jwks'],
    { VODFLOW_PAYLOAD_KEYS: payloadKeys },
    /--jwks, --issuer and --audience belong together/,
  ],
  ['a local VOD without keys', ['emulator', '--port', '0'], {}, /--secret-id/],
])('%s', async (_, args, env, message) => {
  const { code, stderr } = await vodflow(args, env)
  expect(code).not.toBe(0)
  expect(stderr).toMatch(message)
  expect(stderr).not.toContain('short-one')
})

it('a port that is taken', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const port = String((taken.address() as AddressInfo).port)
  try {
    const callbacks = await vodflow(['callbacks', '--port', port], { VODFLOW_MAC_KEYS: macKeys })
    expect(callbacks).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(new RegExp(`port ${port}.* taken by another program`)),
    })
    const both = await vodflow(['callbacks', '--port', port, '--pull', 'default'], {
      VODFLOW_MAC_KEYS: macKeys,
      VODFLOW_VOD_ENDPOINT: 'http://127.0.0.1:1',
    })
    expect(both).toMatchObject({ code: 1, stdout: '' })
    const emulator = await vodflow(['emulator', '--port', port, '--secret-id', 'i', '--secret-key', 'k'])
    expect(emulator).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(new RegExp(`port ${port}.* taken by another program`)),
    })
  } finally {
    taken.close()
  }
})

it.each([
  ['codec', '--ui-origin', 'http://me:hunter2@ui.test', 'Pass scheme, host and port'],
  ['codec', '--jwks', 'https://me:hunter2@login.test/jwks', 'cannot be sent'],
  ['report', '--ui', 'ui.test?token=hunter2', 'Pass a URL that starts with'],
])('%s %s %s shows no password', async (command, option, value, remedy) => {
  const said = await refusalOf([command, option, value])
  expect(said).toContain(option)
  expect(said).toContain(remedy)
  expect(said).not.toContain('hunter2')
})
