import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, vodflow } from '../cli/cli.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system?.close())

/** What an operator may paste. Each stands within a value, between two halves that must be in no output. */
const within: readonly (readonly [what: string, bad: string])[] = [
  ['a line break', '\n'],
  ['CR LF', '\r\n'],
  ['a tab', '\t'],
  ['an umlaut', 'ü'],
  ['a typographic quote', '”"\''],
  ['a blank of no width', '\u200b'],
  ['an emoji', '🔑'],
  ['an escape sequence', '\u001b[31m'],
]
const halves = ['hunter2first0123456789abcdef0123', 'hunter2second456789abcdef4567890'] as const

const commands: Readonly<Record<string, readonly string[]>> = {
  worker: ['worker'],
  callbacks: ['callbacks', '--port', '0'],
  pull: ['callbacks', '--pull', 'default'],
  codec: ['codec', '--port', '0', '--ui-origin', 'http://127.0.0.1:8233'],
  doctor: ['doctor', '--json'],
  process: ['process', '528', '--procedure', 'one'],
  show: ['events', 'show'],
  set: ['events', 'set', '--mode', 'PUSH', '--url', 'https://vod.example', '--sign-key'],
  audit: ['audit'],
}

const readBy: Readonly<Record<string, readonly (keyof typeof commands)[]>> = {
  TENCENTCLOUD_SECRET_ID: ['worker', 'show'],
  TENCENTCLOUD_SECRET_KEY: ['pull', 'audit'],
  TENCENTCLOUD_SESSION_TOKEN: ['worker', 'doctor'],
  TEMPORAL_API_KEY: ['callbacks', 'process'],
  TEMPORAL_GRPC_META_X_GATEWAY_TOKEN: ['worker', 'doctor'],
  VODFLOW_MAC_KEYS: ['callbacks', 'doctor', 'audit'],
  VODFLOW_PAYLOAD_KEYS: ['worker', 'process', 'codec'],
  VODFLOW_CODEC_TOKENS: ['codec'],
  VODFLOW_SIGN_KEY: ['callbacks', 'doctor', 'set'],
  HTTPS_PROXY: ['doctor', 'show'],
}

/** As the variable holds it. */
function given(variable: string, bad: string): string {
  const value = halves.join(bad)
  if (variable === 'HTTPS_PROXY') return `http://user:${value}@proxy.example:3128`
  return /KEYS|TOKENS/.test(variable) ? `k1:${value}` : value
}

const keys = { VODFLOW_PAYLOAD_KEYS: `k1:${'ab'.repeat(32)}` }

function environmentFor(command: string, variable: string, value: string) {
  return {
    ...system.environment,
    ...(command === 'codec' ? keys : {}),
    // One that is not of this machine, so that a proxy is for it.
    ...(variable === 'HTTPS_PROXY' ? { VODFLOW_VOD_ENDPOINT: 'https://vod.example' } : {}),
    [variable]: value,
  }
}

const shown = ({ stdout, stderr }: Ended) => stdout + stderr
const cases = Object.entries(readBy).flatMap(([variable, names], row) =>
  names.map((command, column) => ({ variable, command, of: within[(row * 3 + column) % within.length] })),
)

describe.each(cases)('$variable with $of.0, read by $command', ({ variable, command, of }) => {
  it('is refused by its name, and none of it is shown', async () => {
    const [, bad = ''] = of ?? []
    const env = environmentFor(command, variable, given(variable, bad))
    const ended = await vodflow(commands[command] ?? [], env)
    expect(ended.code).not.toBe(0)
    expect(shown(ended)).toContain(variable)
    for (const half of ['hunter2', ...halves]) expect(shown(ended)).not.toContain(half)
  })
})

it.each(['worker', 'doctor', 'show'])('a bad key in the credential file, read by %s', async (command) => {
  const home = await mkdtemp(join(tmpdir(), 'vodflow-home-'))
  await mkdir(join(home, '.tencentcloud'))
  const file = join(home, '.tencentcloud', 'credentials')
  await writeFile(file, `[default]\nsecret_id = AKIDEXAMPLE\nsecret_key = ${halves.join('ü')}\n`)
  const { TENCENTCLOUD_SECRET_ID: _, TENCENTCLOUD_SECRET_KEY: __, ...environment } = system.environment
  const ended = await vodflow(commands[command] ?? [], { ...environment, HOME: home })
  expect(ended.code).not.toBe(0)
  expect(shown(ended)).toContain('secret_key in the credential file')
  expect(shown(ended)).not.toContain('hunter2')
})

it('a private key that is none, and a broken configuration file, are not shown either', async () => {
  const file = join(tmpdir(), `vodflow-broken-${process.pid}.toml`)
  await writeFile(file, `[profile.default]\napi_key = "${halves.join('\\u00fc')}"\n`)
  const broken = `${file}.broken`
  await writeFile(broken, `[profile.default]\napi_key = "${halves[0]}\n${halves[1]}`)
  for (const settings of [
    { TEMPORAL_TLS_CLIENT_KEY_DATA: halves.join('\n'), TEMPORAL_TLS_CLIENT_CERT_DATA: halves.join('\n') },
    { TEMPORAL_CONFIG_FILE: file },
    { TEMPORAL_CONFIG_FILE: broken },
  ])
    for (const command of ['worker', 'process']) {
      const ended = await vodflow(commands[command] ?? [], { ...system.environment, ...settings })
      expect(ended.code).not.toBe(0)
      expect(shown(ended)).not.toContain('hunter2')
    }
})

it.each(['callbacks', 'doctor', 'set'])(
  'a SignKey of blanks is refused by %s, not ignored',
  async (command) => {
    const ended = await vodflow(commands[command] ?? [], { ...system.environment, VODFLOW_SIGN_KEY: ' ' })
    expect(ended.code).not.toBe(0)
    expect(shown(ended)).toMatch(/VODFLOW_SIGN_KEY.{0,5}(is blank|at most 32)/)
  },
)
