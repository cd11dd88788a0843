import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { connect } from '../../src/client/connect.js'
import type { Vodflow } from '../../src/client/vodflow.js'
import { runType } from '../../src/contract/runNames.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { start } from '../telemetry/processes.js'
import { vodflow as command } from './cli.js'

const keys = { secretId: 'local', secretKey: 'local-key' }
const soon = { timeout: 60_000, interval: 200 }

let temporal: DevServer
let vod: Emulator
let vodflow: Vodflow
let environment: Record<string, string>

beforeAll(async () => {
  temporal = await startTemporalDevServer()
  vod = await startEmulator({ ...keys, media: 'instant' })
  vodflow = await connect({ address: temporal.address })
  environment = {
    TEMPORAL_ADDRESS: temporal.address,
    TENCENTCLOUD_SECRET_ID: keys.secretId,
    TENCENTCLOUD_SECRET_KEY: keys.secretKey,
    VODFLOW_VOD_ENDPOINT: vod.endpoint,
    VODFLOW_MAC_KEYS: `k1:${'x'.repeat(32)}`,
  }
})
afterAll(async () => {
  await vodflow?.close()
  await vod?.close()
  await temporal?.close()
})

const run = (...args: readonly string[]) => command(args, environment)
const statusOf = async (workflowId: string) =>
  (await vodflow.client.workflow.getHandle(workflowId).describe()).status.name

/** No worker takes its first workflow task. */
async function begin(workflowId: string) {
  return vodflow.client.workflow.start(runType, {
    workflowId,
    taskQueue: 'vodflow',
    args: [{ request: { FileId: workflowId, ProcedureName: 'one' } }],
  })
}

const again = ['--reason', 'the test asks for it']

// Before any worker has polled: Temporal remembers one for 90 s.
it('detach says what keeps a run from being detached', async () => {
  const id = '5285485487985271403'
  await begin(id)
  const { code, stdout, stderr } = await run('detach', id)
  expect(stderr).toMatch(/The request to detach ".*" is recorded, but still waits: No worker polls "vodflow"/)
  expect(stdout).toBe('')
  expect(code).toBe(1)
})

describe('a run that was canceled before it began', () => {
  const id = '5285485487985271401'
  beforeAll(async () => {
    const handle = await begin(id)
    await handle.cancel()
  })

  it('is not detached', async () => {
    const { code, stdout, stderr } = await run('detach', id)
    expect(stderr).toContain(`"${id}" is being canceled, and a detach does not change that`)
    expect(stdout).toBe('')
    expect(code).toBe(1)
  })

  it('is not retried while it waits for its end', async () => {
    const { code, stdout, stderr } = await run('retry', id, ...again)
    expect(stderr).toMatch(/was canceled before its code started.*vodflow rerun/)
    expect(stdout).toBe('')
    expect(code).toBe(1)
  })

  it('is to be run again once it has ended, which status says', async () => {
    const worker = start(['worker'], environment)
    try {
      await expect.poll(() => statusOf(id), soon).toBe('CANCELLED')
      const status = await run('status', id)
      expect(status.stdout).toContain('vodflow rerun')
      expect(status.stdout).not.toContain('vodflow retry')
      const retried = await run('retry', id, ...again)
      expect(retried).toMatchObject({ code: 1, stdout: '' })
      expect(retried.stderr).toMatch(/was canceled before its code started.*vodflow rerun/)
      expect(await run('rerun', id, ...again)).toMatchObject({ code: 0 })
    } finally {
      await worker.stop()
    }
  })
})

it('status of a run that was terminated before it began advises no retry', async () => {
  const id = '5285485487985271402'
  const handle = await begin(id)
  await handle.terminate('a mistake')
  const status = await run('status', id)
  expect(status.stdout).toContain('vodflow rerun')
  expect(status.stdout).not.toContain('vodflow retry')
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-'))
  const page = join(folder, 'report.html')
  expect(await run('report', id, '--out', folder)).toMatchObject({ code: 0 })
  const report = await readFile(page, 'utf8')
  expect(report).toContain('vodflow rerun')
  expect(report).not.toContain('vodflow retry')
  await rm(folder, { recursive: true })
  const retried = await run('retry', id, ...again)
  expect(retried.stderr).toMatch(/ended before its code started.*vodflow rerun/)
  expect(retried.code).toBe(1)
})
