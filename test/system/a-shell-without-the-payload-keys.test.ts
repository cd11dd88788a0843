import { randomBytes } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Stack, startStack } from '../../src/cli/dev/stack.js'
import { connect, payloadEncryption, type Vodflow } from '../../src/client/index.js'
import { sweepIdOf } from '../../src/contract/sweep.js'
import { vodflow as command } from '../cli/cli.js'
import { transcodeOnly } from '../support/system.js'

const hour = 3_600_000
const keys = `k1:${randomBytes(32).toString('hex')}`
const sweep = sweepIdOf({ account: 'default' })

let stack: Stack
let vodflow: Vodflow
beforeAll(async () => {
  stack = await startStack({
    vod: { media: 'instant', taskTime: 50 },
    worker: { sweep: { interval: hour } },
    dataConverter: payloadEncryption(keys),
  })
  vodflow = await connect({ address: stack.temporal.address, dataConverter: payloadEncryption(keys) })
  await stack.vodClient.call('CreateProcedureTemplate', transcodeOnly)
})
afterAll(async () => {
  await vodflow?.close()
  await stack?.close()
})

async function media(): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'vodflow-')), 'clip.mp4')
  await writeFile(path, '')
  return (await stack.vod.upload(path, { name: 'clip' })).FileId
}

it.each([
  ['missing', {}],
  ['wrong', { VODFLOW_PAYLOAD_KEYS: `k2:${'0'.repeat(64)}` }],
])('if they are %s, doctor says it once, and does not advise to end a healthy sweep', async (_, env) => {
  const run = await vodflow.process({ FileId: await media(), ProcedureName: 'one' })
  await run.result()
  const isRunning = async () =>
    (await vodflow.client.workflow.getHandle(sweep).describe()).status.name === 'RUNNING'
  await expect.poll(isRunning).toBe(true)
  const { stdout } = await command(['doctor', '--json'], { ...stack.environment, ...env })
  expect(stdout).not.toContain('terminate')
  const findings = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(findings.filter(({ state }) => state === 'bad').map(({ check }) => check)).toEqual(['payload keys'])
  expect(findings.filter(({ check }) => check === 'sweep')).toEqual([
    {
      check: 'sweep',
      state: 'doubtful',
      what: expect.stringMatching(
        / is probably healthy, .* cannot be read with the payload keys of this process: .*"k1"/,
      ),
      fix: expect.stringContaining('VODFLOW_PAYLOAD_KEYS'),
    },
  ])
})

it('the audit says which run it could not ask, and takes that for no finding', async () => {
  stack.vod.switches.ignoreSkew = true
  stack.vod.clock.advance(-hour)
  const FileId = await media()
  stack.vod.faults.add({ kind: 'dropCallback' })
  const run = await vodflow.process({ FileId, ProcedureName: 'one' })
  const tasks = () => stack.vod.books().tasks.filter((task) => task.FileId === FileId)
  await expect.poll(() => tasks().map(({ Status }) => Status)).toEqual(['FINISH'])
  stack.vod.faults.clear()
  const { code, stdout } = await command(['audit'], stack.environment)
  expect(stdout).toContain(`unknown  could not ask ${run.workflowId} `)
  expect(stdout).toMatch(/"k1".*VODFLOW_PAYLOAD_KEYS/)
  expect(stdout).not.toMatch(/^found/m)
  expect(code).toBe(0)
  const { unasked, findings } = JSON.parse((await command(['audit', '--json'], stack.environment)).stdout)
  expect(findings).toEqual([])
  expect(unasked).toEqual([
    { workflowId: run.workflowId, TaskId: tasks()[0]?.TaskId, why: expect.stringContaining('k1') },
  ])
  const withKeys = await command(['audit'], { ...stack.environment, VODFLOW_PAYLOAD_KEYS: keys })
  expect(withKeys).toMatchObject({ code: 2, stdout: expect.stringContaining('still waits for') })
})
