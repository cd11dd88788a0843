import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { vodflow } from './cli.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vodflow-wrong-'))
})

const alone = { HOME: '/nonexistent', TEMPORAL_ADDRESS: '127.0.0.1:1' }

it.each([[['status']], [['cancel']], [['watch']], [['detach']], [['report']]])(
  'an empty id of %j, as of a variable that is not set',
  async (command) => {
    const { code, stderr } = await vodflow([...command, ''], alone)
    expect(stderr).toMatch(/value '' is invalid for argument 'id'. It is empty; pass a value/)
    expect(code).toBe(1)
  },
)

it('half of the keys names the other half', async () => {
  const { stderr } = await vodflow(['templates', 'list'], {
    ...alone,
    TENCENTCLOUD_SECRET_ID: 'AKIDexample',
    TENCENTCLOUD_SECRET_KEY: '',
    VODFLOW_VOD_ENDPOINT: 'http://127.0.0.1:1',
  })
  expect(stderr).toContain('TENCENTCLOUD_SECRET_KEY is not set')
  expect(stderr).not.toContain('none found in the environment')
})

describe('a file of a setting of Temporal', () => {
  it('that is no TOML', async () => {
    const file = join(folder, 'wrong.toml')
    await writeFile(file, '[profile.default\nx')
    const { stderr } = await vodflow(['list'], { ...alone, TEMPORAL_CONFIG_FILE: file })
    expect(stderr).toContain(`TEMPORAL_CONFIG_FILE ${file}: Invalid TOML`)
  })

  it('that does not exist', async () => {
    const [cert, key] = ['/nowhere/client.pem', '/nowhere/client.key']
    const { stderr } = await vodflow(['list'], {
      ...alone,
      TEMPORAL_TLS_CLIENT_CERT_PATH: cert,
      TEMPORAL_TLS_CLIENT_KEY_PATH: key,
    })
    expect(stderr).toMatch(/TEMPORAL_TLS_CLIENT_CERT_PATH: ENOENT.*client\.pem/)
  })
})

it.each(['--workflows', '--bundle'])('a file of verify-upgrade %s that does not exist', async (option) => {
  const { code, stderr } = await vodflow(
    ['verify-upgrade', option, '/nowhere/workflows.ts', '--task-queue', 'pipelines'],
    alone,
  )
  expect(stderr).toContain(`${option} /nowhere/workflows.ts: does not exist (ENOENT)`)
  expect(code).toBe(1)
})

it.each([
  ['JSON', '[\n  "5285485487985271487"\n]', 1],
  ['JSON on one line', '["5285485487985271487","5285485487985271488"]', 1],
  ['commas', '# my ids\n5285485487985271487,5285485487985271488', 2],
  ['blanks', '5285485487985271487 5285485487985271488', 1],
  ['quotes', '"5285485487985271487"', 1],
])('a file of ids with %s', async (_, text, line) => {
  const file = join(folder, 'ids.txt')
  await writeFile(file, text)
  const { code, stderr } = await vodflow(['batch', 'plan', '--procedure', 'one', '--ids', file], alone)
  expect(stderr).toContain(`--ids ${file}: line ${line} is not a FileId`)
  expect(stderr).toContain('write one FileId on each line')
  expect(code).toBe(1)
})

it('help names only subcommands of events that exist', async () => {
  const { stdout } = await vodflow(['--help'])
  expect(stdout).toContain("show, set, listen to and replay VOD's events")
})
