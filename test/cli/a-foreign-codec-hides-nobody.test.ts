import { Client } from '@temporalio/client'
import type { DataConverter, Payload } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningWorker, runWorker } from '../support/runningWorker.js'
import { type System, startSystem } from '../support/system.js'
import { pathOf } from '../support/theirs.js'
import { bundleOf } from '../support/workflowCode.js'
import { vodflow } from './cli.js'

/** As another team's codec does it: nobody else knows the encoding. */
const foreign: DataConverter = {
  payloadCodecs: [
    {
      encode: async (payloads) =>
        payloads.map(({ data, metadata }): Payload => {
          const inner = JSON.stringify({ data: data && Buffer.from(data).toString('base64'), metadata })
          return { metadata: { encoding: Buffer.from('binary/theirs') }, data: Buffer.from(inner) }
        }),
      decode: async (payloads) =>
        payloads.map(({ data }): Payload => {
          const { data: text, metadata } = JSON.parse(Buffer.from(data as Uint8Array).toString())
          const encoding = Buffer.from(Object.values<number>(metadata.encoding.data ?? metadata.encoding))
          return { data: Buffer.from(text ?? '', 'base64'), metadata: { encoding } }
        }),
    },
  ],
}

let system: System
let client: Client
let worker: RunningWorker
const taskQueue = 'foreign'
beforeAll(async () => {
  system = await startSystem({ media: 'instant' })
  const { connection: plain } = system.vodflow.client
  client = new Client({ connection: plain, dataConverter: foreign })
  const workflowBundle = await bundleOf(pathOf('own'))
  worker = await runWorker(system.temporal.address, (connection) =>
    Worker.create({ connection, taskQueue, workflowBundle, dataConverter: foreign }),
  )
})
afterAll(async () => {
  await worker?.close()
  await system?.close()
})

const run = (...args: readonly string[]) => vodflow(args, system.environment)
const start = async (type: string, ...args: unknown[]) => {
  const workflowId = `${type}-${Math.random()}`
  await client.workflow.start(type, { workflowId, taskQueue, args, memo: { note: 'theirs' } })
  return workflowId
}
const ours = async () => {
  const FileId = await system.media()
  const started = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  await started.result()
  return { FileId, workflowId: started.workflowId }
}

it('list shows a run whose memo it cannot read, and all others', async () => {
  const theirs = await start('stays')
  const { workflowId } = await ours()
  await expect
    .poll(async () => (await run('list')).stdout, { interval: 500 })
    .toMatch(
      new RegExp(
        `(?=[^]*${theirs} .*its memo cannot be read here: Unknown encoding: binary/theirs)(?=[^]*${workflowId})`,
      ),
    )
  const listed = (await run('list', '--json')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(listed.find((each) => each.workflowId === theirs).unreadable).toMatch(/Unknown encoding/)
  expect(listed.find((each) => each.workflowId === workflowId)).not.toHaveProperty('unreadable')
})

it('status says what it cannot read, while a run goes on and when it has ended', async () => {
  const open = await start('stays')
  expect(await run('status', open)).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/stays RUNNING.*\n {2}its memo cannot be read here: Unknown encoding/),
  })
  const ended = await start('returns', { any: 'thing' })
  await client.workflow.getHandle(ended).result()
  const { code, stdout, stderr } = await run('status', ended)
  expect(stdout).toMatch(/returns COMPLETED/)
  expect(stdout).toMatch(/The input, result or answer of ".*" cannot be read here: Unknown encoding/)
  expect(stderr).toBe('')
  expect(code).toBe(1)
})

it('cancel cancels it', async () => {
  const workflowId = await start('stays')
  const { code, stdout } = await run('cancel', workflowId)
  expect(stdout).toMatch(/was canceled/)
  expect(code).toBe(0)
})

it('a file that a run of ours processed is found beside it', async () => {
  await start('stays')
  const { FileId } = await ours()
  expect(await run('status', FileId)).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded') })
})

it('audit and report pass it over', async () => {
  const workflowId = await start('stays')
  expect((await run('audit', '--json')).stdout).toMatch(/"findings":\[\]/)
  const { code, stderr } = await run('report', workflowId, '--out', `/tmp/vodflow-foreign-${process.pid}`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('vodflow:') })
})
