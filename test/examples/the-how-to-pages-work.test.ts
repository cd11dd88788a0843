import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { NativeConnection, Worker } from '@temporalio/worker'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { connect, type Vodflow } from 'vodflow'
import { startEmulator } from 'vodflow/emulator'
import { VodflowPlugin } from 'vodflow/worker'
import type { processCopies } from '../../examples/snippets/accountsWorkflows.js'
import type { publishLesson } from '../../examples/snippets/existingWorkflows.js'
import { playlistOf, signPlaybackUrl } from '../../examples/snippets/playback.js'
import { uploadAndProcess } from '../../examples/snippets/uploadAndStart.js'
import { createReceiver, type Notification } from '../../examples/snippets/webhookReceiver.js'
import { sampleTemplate } from '../../src/cli/dev/sample.js'
import { type Stack, startStack } from '../../src/cli/dev/stack.js'
import { createVodClient } from '../../src/vod/client.js'
import { root } from '../support/binary.js'
import { freePort } from '../support/freePort.js'
import { scrape, sumOf } from '../telemetry/processes.js'

const snippet = (name: string) =>
  fileURLToPath(new URL(`../../examples/snippets/${name}.ts`, import.meta.url))
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const film = fileURLToPath(import.meta.url) // To a VOD without ffmpeg any file is a film.
const episode = {
  Name: 'episode',
  MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
  ReviewAudioVideoTask: { Definition: 10 },
}

let stack: Stack
let vodflow: Vodflow
beforeAll(async () => {
  stack = await startStack({ vod: { media: 'instant' }, worker: { sweep: false } })
  vodflow = await connect({ address: stack.temporal.address })
  for (const template of [sampleTemplate, episode])
    await stack.vodClient.call('CreateProcedureTemplate', template)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await vodflow?.close()
  await stack?.close()
})

const media = async (name = 'clip') => (await stack.vod.upload(film, { name })).FileId
const tasksOf = (FileId: string) => stack.vod.books().tasks.filter((task) => task.FileId === FileId)

/** Runs a worker while something is done. */
async function withWorker<T>(
  taskQueue: string,
  workflowsPath: string,
  plugins: VodflowPlugin[],
  work: () => Promise<T>,
): Promise<T> {
  const connection = await NativeConnection.connect({ address: stack.temporal.address })
  const worker = await Worker.create({ connection, taskQueue, workflowsPath, plugins })
  try {
    return await worker.runUntil(work)
  } finally {
    await connection.close()
  }
}

it('an existing worker runs a step once it has the plugin', { timeout: 180_000 }, async () => {
  const FileId = await media()
  const worker: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', 'examples/snippets/existingWorker.ts'],
    { cwd: root, env: { ...process.env, ...stack.environment }, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let said = ''
  worker.stdout?.on('data', (chunk) => {
    said += chunk
  })
  try {
    const start = () =>
      vodflow.start<typeof publishLesson>('publishLesson', {
        id: 'lesson/7',
        taskQueue: 'lessons',
        args: ['lesson/7', FileId],
      })
    const run = await vi.waitFor(start, { timeout: 120_000, interval: 500 })
    expect(await run.result()).toHaveLength(7)
    expect(said).toContain('lesson/7 has 7 URLs')
    expect((await start()).attached).toBe(true)
  } finally {
    worker.kill('SIGTERM')
  }
  expect(await once(worker, 'exit')).toEqual([0, null])
})

it('a worker of your own serves metrics', { timeout: 180_000 }, async () => {
  const port = await freePort()
  const env = { ...process.env, ...stack.environment, VODFLOW_METRICS: `127.0.0.1:${port}` }
  const worker = spawn(process.execPath, ['--import', 'tsx', 'examples/snippets/metricsWorker.ts'], {
    cwd: root,
    env,
    stdio: 'ignore',
  })
  try {
    const args: [string, string] = ['lesson/8', await media()]
    const start = () =>
      vodflow.start<typeof publishLesson>('publishLesson', { id: 'lesson/8', taskQueue: 'lessons', args })
    const run = await vi.waitFor(start, { timeout: 120_000, interval: 500 })
    expect(await run.result()).toHaveLength(7)
    const metric = async (name: string) => sumOf((await scrape(port)).samples, name)
    await expect.poll(() => metric('vodflow_steps_total')).toBe(1)
    await expect.poll(() => metric('vodflow_counts_total')).toBeGreaterThan(0)
    expect(await metric('vodflow_temporal_up')).toBe(1)
  } finally {
    worker.kill('SIGTERM')
  }
  expect(await once(worker, 'exit')).toEqual([0, null])
})

it('runs that were started before their worker had the plugin continue on a worker that has it', async () => {
  const workflowsPath = here('waiting.ts')
  const handle = await withWorker('waiting', workflowsPath, [], async () => {
    const started = await vodflow.client.workflow.start('waits', {
      workflowId: 'waits',
      taskQueue: 'waiting',
    })
    await expect.poll(() => started.query('waiting')).toBe(true)
    return started
  })
  await withWorker(
    'waiting',
    workflowsPath,
    [new VodflowPlugin({ servedElsewhere: ['default'] })],
    async () => {
      await handle.signal('continue')
      expect(await handle.result()).toBe('continued')
    },
  )
})

it('what is uploaded is processed once', async () => {
  let problem: Error | undefined
  class VodUploadRequest {
    MediaFilePath = ''
    SubAppId = 0
  }
  /** As Tencent's, but it uploads to the local VOD, which has no ApplyUpload. */
  class VodUploadClient {
    upload(
      _region: string,
      request: object,
      callback: (error: Error | null, uploaded: { FileId: string }) => void,
    ) {
      // Tencent's fails for a plain object.
      if (problem || !(request instanceof VodUploadRequest))
        return callback(problem ?? new TypeError('no VodUploadRequest'), { FileId: '' })
      const { MediaFilePath, SubAppId } = request
      void stack.vod
        .upload(MediaFilePath, { name: 'uploaded', SubAppId })
        .then((uploaded) => callback(null, uploaded))
    }
  }
  const sdk = { VodUploadClient, VodUploadRequest }
  const run = await uploadAndProcess(vodflow, sdk, film)
  const { FileId, status } = await run.result()
  expect(status).toBe('succeeded')
  expect(run.workflowId).toBe(`vod/1500000001/${FileId}/TranscodeAndSnapshot`)
  expect(tasksOf(FileId ?? '').filter(({ TaskType }) => TaskType === 'Procedure')).toHaveLength(1)
  problem = new Error('no network')
  await expect(uploadAndProcess(vodflow, sdk, film)).rejects.toThrow('no network')
})

it('one worker calls two accounts, and one callback service takes the events of both', async () => {
  const keys = { secretId: 'mainland', secretKey: 'mainland' }
  const mainland = await startEmulator({ ...keys, media: 'instant' })
  const client = createVodClient({ endpoint: mainland.endpoint, credentials: keys })
  const SubAppId = 1500000002
  for (const template of [sampleTemplate, episode])
    await client.call('CreateProcedureTemplate', { ...template, SubAppId })
  await client.call('ModifyEventConfig', { SubAppId, Mode: 'PUSH', NotificationUrl: stack.callbacksUrl })
  const { TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, VODFLOW_MAC_KEYS } = stack.environment
  const environment = {
    INTL_VOD: stack.vod.endpoint,
    INTL_SECRET_ID: TENCENTCLOUD_SECRET_ID,
    INTL_SECRET_KEY: TENCENTCLOUD_SECRET_KEY,
    MAINLAND_VOD: mainland.endpoint,
    MAINLAND_SECRET_ID: keys.secretId,
    MAINLAND_SECRET_KEY: keys.secretKey,
    VODFLOW_MAC_KEYS,
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const { plugin } = await import('../../examples/snippets/accounts.js')
  const { FileId } = await mainland.upload(film, { name: 'copy', SubAppId })
  const outcomes = await withWorker('accounts', snippet('accountsWorkflows'), [plugin], async () => {
    const run = await vodflow.start<typeof processCopies>('processCopies', {
      id: 'copies',
      taskQueue: 'accounts',
      args: [await media(), FileId],
    })
    const inClient = await vodflow.process(
      { FileId, SubAppId, ProcedureName: sampleTemplate.Name },
      { account: 'mainland', key: 'client' },
    )
    return [...(await run.result()), await inClient.result()]
  })
  expect(outcomes.map(({ status, endedBy }) => [status, endedBy])).toEqual([
    ['succeeded', 'push'],
    ['succeeded', 'push'],
    ['succeeded', 'push'],
  ])
  const flows = mainland.books().tasks.filter(({ TaskType }) => TaskType === 'Procedure')
  expect(flows.map((task) => task.FileId)).toEqual([FileId, FileId])
  await mainland.close()
})

it('a run that passed a patched line skips it, and would stop without the patch', async () => {
  const plugins = [new VodflowPlugin({ servedElsewhere: ['default'] })]
  const history = await withWorker('patched', here('unpatched.ts'), plugins, async () => {
    const run = await vodflow.start('publish', {
      id: 'patched',
      taskQueue: 'patched',
      args: [await media('a film to review')],
    })
    const gates = () => vodflow.gates(run.workflowId)
    await expect.poll(gates).toMatchObject([{ status: 'open' }])
    return vodflow.client.workflow.getHandle(run.workflowId).fetchHistory()
  })
  const replay = (workflowsPath: string) =>
    Worker.runReplayHistory({ workflowsPath, plugins }, history, 'patched')
  await replay(snippet('patched'))
  await expect(replay(here('notPatched.ts'))).rejects.toThrow(/[Nn]ondeterminism/)
})

it('a webhook is taken once, and only with a good signature', async () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const handled = new Map<string, Notification>()
  let fails = true
  const app = createReceiver(secret, async (id, notification) => {
    if (fails) throw new Error('the database is away')
    if (!handled.has(id)) handled.set(id, notification)
  })
  const post = (id: string, sign = new Webhook(secret)) => {
    const now = new Date()
    const body = JSON.stringify({
      type: 'episode.approved',
      timestamp: now.toISOString(),
      data: { id: 'e01' },
    })
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': sign.sign(id, now, body),
    }
    return app.request('/hooks', { method: 'POST', body, headers })
  }
  vi.spyOn(console, 'error').mockImplementation(() => {})
  expect((await post('msg_1')).status).toBe(500)
  fails = false
  expect((await post('msg_1')).status).toBe(204)
  expect((await post('msg_1')).status).toBe(204)
  expect((await post('msg_2', new Webhook(Buffer.alloc(32, 8).toString('base64')))).status).toBe(401)
  expect([...handled]).toEqual([
    ['msg_1', expect.objectContaining({ type: 'episode.approved', data: { id: 'e01' } })],
  ])
  vi.restoreAllMocks()

  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((listening) => server.once('listening', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
  const plugin = new VodflowPlugin({ servedElsewhere: ['default'], webhooks: { default: { url, secret } } })
  await withWorker('webhooks', snippet('notifying'), [plugin], async () => {
    const FileId = await media('a quiet film')
    const run = await vodflow.start('publish', { id: 'webhooks', taskQueue: 'webhooks', args: [FileId] })
    expect(await run.result()).toMatchObject({ decision: 'approved' })
    expect([...handled.values()].at(-1)).toMatchObject({ type: 'episode.processed', data: { FileId } })
  })
  server.close()
})

it('the playlist of an outcome is found, and URLs are signed as in the examples of Tencent', async () => {
  await stack.vodClient.call('CreateProcedureTemplate', {
    Name: 'adaptive',
    MediaProcessTask: {
      TranscodeTaskSet: [{ Definition: 100010 }],
      AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }],
    },
  })
  const run = await vodflow.process({ FileId: await media(), ProcedureName: 'adaptive' })
  const { tasks } = await run.result()
  expect(playlistOf({ tasks })).toMatch(/AdaptiveDynamicStreaming\.10$/)
  const withParts = (change: object) =>
    tasks.map((task) => ({ ...task, parts: task.parts.map((part) => ({ ...part, ...change })) }))
  const Output = { SubtitleUrl: 'http://a/s.vtt', Url: 'http://a/p.m3u8' }
  expect(playlistOf({ tasks: withParts({ Output, urls: Object.values(Output) }) })).toBe('http://a/p.m3u8')
  expect(playlistOf({ tasks: withParts({ status: 'failed', Output: {}, urls: [] }) })).toBeUndefined()
  // https://www.tencentcloud.com/document/product/266/33986
  const options = { key: '24FEQmTzro4V5u3D5epW', expires: new Date('2018-01-31T12:00:00Z'), us: '72d4cd1101' }
  const url = 'http://example.vod2.myqcloud.com/dir1/dir2/myVideo.mp4'
  expect(signPlaybackUrl(url, options)).toBe(
    `${url}?t=5a71afc0&us=72d4cd1101&sign=3d8488faeb37d52d6bf63b63c1b171c3`,
  )
  expect(signPlaybackUrl(url, { ...options, preview: 300 })).toBe(
    `${url}?t=5a71afc0&exper=300&us=72d4cd1101&sign=547d98c4b91e81b5ea55c95cef63223f`,
  )
})
