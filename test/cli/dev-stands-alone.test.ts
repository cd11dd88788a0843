import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { binary } from '../support/binary.js'
import { withoutFfmpeg } from '../support/withoutFfmpeg.js'
import { vodflow } from './cli.js'
import { anyPorts, dev, endsAlone, soon } from './dev.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodflow-alone-'))
})

const newFolder = () => mkdtemp(join(folder, 'data-'))
const quick = ['--no-ffmpeg', ...anyPorts]
const isUp = (started: ReturnType<typeof dev>) =>
  vi.waitFor(() => expect(started.said.text).toMatch(/until you press Ctrl-C/), soon)

/** Each of them would lead a program away from the stack, or fail it. */
const foreign = {
  TEMPORAL_NAMESPACE: 'production',
  TEMPORAL_API_KEY: 'a-real-key',
  TEMPORAL_PROFILE: 'production',
  TEMPORAL_CONFIG_FILE: '/no/such.toml',
  TEMPORAL_TLS: 'true',
  TEMPORAL_TLS_CLIENT_CERT_PATH: '/no/such.pem',
  TEMPORAL_TLS_SERVER_NAME: 'production',
  TEMPORAL_GRPC_META_AUTHORIZATION: 'Bearer real',
  TEMPORAL_DEPLOYMENT_NAME: 'production',
  TENCENTCLOUD_SESSION_TOKEN: 'a-real-token',
  VODFLOW_SIGN_KEY: 'real',
}
const mine = { TEMPORAL_TASK_QUEUE: 'mine' }
const processed = `"${process.execPath}" "${binary}" process "$VODFLOW_DEV_FILE_ID" --procedure TranscodeAndSnapshot --watch`
const leaks = /production|real|no\/such/

/** As a dev of before has left them, for everybody to read. */
async function earlierSettings(data: string, mode: number): Promise<void> {
  await writeFile(join(data, 'dev.env'), 'unset TEMPORAL_API_KEY\n')
  await chmod(join(data, 'dev.env'), mode)
}
const modeOfSettings = async (data: string) => (await stat(join(data, 'dev.env'))).mode & 0o777

/** One that is up, started with settings of others, and where there is no ffmpeg. */
let up: ReturnType<typeof dev>
let data: string
beforeAll(async () => {
  data = await newFolder()
  await earlierSettings(data, 0o644)
  up = dev([...quick, '--data', data], { ...foreign, ...withoutFfmpeg })
  await isUp(up)
})
afterAll(async () => {
  up.child.kill('SIGINT')
  expect(await up.ended).toBe(0)
})

it('payload keys of this shell encrypt, which is said', async () => {
  const keys = { VODFLOW_PAYLOAD_KEYS: `k1:${'0'.repeat(64)}` }
  const { code, text } = await endsAlone(dev([...quick, '--', 'true'], keys))
  expect(text).toMatch(/^ {2}payloads +encrypted with VODFLOW_PAYLOAD_KEYS; vodflow codec/m)
  expect(code).toBe(0)
  expect(up.said.text).not.toMatch(/encrypted/)
})

describe('a folder for data', () => {
  it('has its settings, with keys in them, for this user only', async () => {
    expect(await modeOfSettings(data)).toBe(0o600)
    const settings = await readFile(join(data, 'dev.env'), 'utf8')
    expect(settings).toMatch(/^export VODFLOW_MAC_KEYS=/m)
    // Those of another Temporal, which the stack does not have.
    expect(settings).toMatch(/^unset .*\bVODFLOW_PAYLOAD_KEYS\b/m)
    expect(settings).not.toMatch(/^export VODFLOW_PAYLOAD_KEYS/m)
  })

  it('has its histories, with tokens in them, for this user only', async () => {
    const files = (await readdir(data)).filter((name) => /^temporal\.db(-\w+)?$/.test(name))
    expect(files).toContain('temporal.db')
    for (const name of files)
      expect([name, (await stat(join(data, name))).mode & 0o777]).toEqual([name, 0o600])
  })

  it('that another dev uses is left as it is', async () => {
    const exports = await readFile(join(data, 'dev.env'), 'utf8')
    const names = (await readdir(data)).sort()
    const second = await endsAlone(dev([...quick, '--data', data]))
    expect(second.text).toContain(
      `vodflow: --data ${data}: is in use by process ${up.child.pid}. Use another one, or stop that process first`,
    )
    expect(second.code).toBe(1)
    const emulator = ['emulator', '--port', '0', '--secret-id', 'local', '--secret-key', 'local']
    const third = await vodflow([...emulator, '--data', join(data, 'vod')])
    expect(third).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by process') })
    expect(await readFile(join(data, 'dev.env'), 'utf8')).toBe(exports)
    expect((await readdir(data)).sort()).toEqual(names)
  })

  it('of a dev that was killed is taken, and its Temporal server ends', async () => {
    const data = await newFolder()
    await earlierSettings(data, 0o640)
    const first = dev([...quick, '--data', data])
    await isUp(first)
    expect(await modeOfSettings(data)).toBe(0o600)
    first.child.kill('SIGKILL')
    await first.ended
    expect((await first.marked()).join()).toMatch(/temporal/)
    const second = await endsAlone(dev([...quick, '--data', data, '--', 'true']))
    expect(second.code).toBe(0)
    expect(await first.marked()).toEqual([])
  })

  it('is given to one of two that start at the same moment', async () => {
    const data = await newFolder()
    const both = [1, 2].map(() => dev([...quick, '--data', data, '--', 'sh', '-c', 'sleep 3']))
    const ends = await Promise.all(both.map(endsAlone))
    const said = ends.map(({ text }) => text).join('')
    const refused = ends.filter(({ text }) => /--data .*: is in use by process \d+/.test(text))
    expect(
      refused.map(({ code }) => code),
      said,
    ).toEqual([1])
    const owners = ends.filter((end) => !refused.includes(end))
    expect(
      owners.map(({ code }) => code),
      said,
    ).toEqual([0])
  })
})

describe('settings of another Temporal and another account', () => {
  it('do not reach a command, of which two that keep nothing need no folder', async () => {
    const home = await newFolder()
    const toml = join(home, '.config/temporalio/temporal.toml')
    execFileSync('mkdir', ['-p', join(home, '.config/temporalio')])
    await writeFile(toml, '[profile.default]\nnamespace = "production"\napi_key = "a-real-key"\n')
    const env = { ...foreign, ...mine, HOME: home, XDG_CONFIG_HOME: join(home, '.config') }
    const cache = { XDG_CACHE_HOME: join(process.env.HOME ?? '', '.cache') }
    const shown = `env | grep -E "^(TEMPORAL|TENCENTCLOUD|VODFLOW)_"; ${processed}`
    const both = [['sh', '-c', shown], ['true']].map((command) =>
      dev([...quick, '--', ...command], { ...cache, ...env }),
    )
    const [{ code, text } = { code: null, text: '' }, other] = await Promise.all(both.map(endsAlone))
    expect(text).toMatch(/succeeded: /)
    expect(text).toMatch(/^TEMPORAL_TASK_QUEUE=mine$/m)
    expect(text).not.toMatch(leaks)
    expect([code, other?.code]).toEqual([0, 0])
  })

  it('do not reach a shell that sources dev.env', async () => {
    for (const shell of ['sh', 'bash']) {
      const script = `set -eu; . "$1"; env | grep -E "^(TEMPORAL|TENCENTCLOUD|VODFLOW)_"; ${processed}`
      const told = execFileSync(shell, ['-c', script, shell, join(data, 'dev.env')], {
        env: { ...process.env, ...foreign, ...mine },
        encoding: 'utf8',
      })
      expect(told).toMatch(/succeeded: |already exists/)
      expect(told).toMatch(/^TEMPORAL_TASK_QUEUE=mine$/m)
      expect(told).not.toMatch(leaks)
    }
  })
})
