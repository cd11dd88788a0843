import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { connect, type Vodflow } from 'vodflow'
import { startReceiver } from '../../examples/publish-episode/receiver.js'
import { startEpisode } from '../../examples/publish-episode/start.js'
import { everyNight, reprocess, rerunFailed } from '../../examples/snippets/library.js'
import { vodWithFaults } from '../../examples/snippets/localVod.js'
import { show, submit } from '../../examples/snippets/migrationClient.js'
import { outputsOf } from '../../examples/snippets/process.js'
import { halfway } from '../../examples/snippets/signedEvent.js'
import { sampleTemplate } from '../../src/cli/dev/sample.js'
import { type Stack, startStack } from '../../src/cli/dev/stack.js'
import { root } from '../support/binary.js'

const MediaUrl = import.meta.url // To a VOD without ffmpeg any file is a film.

let stack: Stack
let vodflow: Vodflow
beforeAll(async () => {
  stack = await startStack({
    vod: { media: 'instant' },
    worker: { sweep: 'off', allow: ['ModifyMediaInfo', 'DeleteMedia'] },
  })
  vodflow = await connect({ address: stack.temporal.address })
  const episode = JSON.parse(await readFile(join(root, 'examples/publish-episode/episode.json'), 'utf8'))
  for (const template of [sampleTemplate, episode])
    await stack.vodClient.call('CreateProcedureTemplate', template)
  vi.stubEnv('TEMPORAL_ADDRESS', stack.temporal.address)
  vi.stubEnv('VODFLOW_MAC_KEYS', stack.environment.VODFLOW_MAC_KEYS)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await vodflow?.close()
  await stack?.close()
})

const media = async (name = 'clip') =>
  (await stack.vod.upload(fileURLToPath(import.meta.url), { name })).FileId
const tasksOf = (FileId: string) => stack.vod.books().tasks.filter((task) => task.FileId === FileId)

afterEach(() => {
  vi.restoreAllMocks()
  stack.vod.faults.clear()
})

it('outputs are those of media, and none where a sub-task failed', async () => {
  const urls = await outputsOf(vodflow, await media('a film to review'))
  expect(urls).toHaveLength(7)
  expect(urls.filter((url) => !/\/(Transcode|Adaptive|Snapshot|Sample|Image|Cover)/.test(url))).toEqual([])
  stack.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'InvalidInput.DefinitionNotExist' })
  await expect(outputsOf(vodflow, await media())).rejects.toThrow(
    /ended partial: .*InvalidInput\.DefinitionNotExist/,
  )
})

it('a request that is submitted twice makes one task, and its run is listed', async () => {
  const FileId = await media()
  await Promise.all([submit(vodflow, FileId), submit(vodflow, FileId)])
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  await expect
    .poll(
      async () => {
        log.mockClear()
        await show(vodflow, FileId)
        return log.mock.calls
      },
      { timeout: 20_000 },
    )
    .toEqual([[expect.stringContaining(FileId), 'COMPLETED']])
  expect(
    tasksOf(FileId)
      .map(({ TaskType }) => TaskType)
      .sort(),
  ).toEqual(['Procedure', 'ReviewAudioVideo'])
})

it('a library is planned and processed, what failed is rerun, and each night again', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  // Moderation leaves no output by which vodflow could tell that it has run.
  await stack.vodClient.call('ResetProcedureTemplate', {
    Name: 'episode',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
  })
  const [FileId] = [await media(), await media()]
  stack.vod.faults.add({ kind: 'failSubTask', Type: '*', code: 'InternalError', times: 1 })
  const { counts } = await reprocess(vodflow)
  expect(counts.ended.failed).toBe(1)
  expect(counts.ended.succeeded).toBeGreaterThan(0)
  const again = await (await rerunFailed(vodflow)).result()
  expect(again).toMatchObject({ total: 1, failures: [] })
  const request = { source: { FileIds: [FileId] }, ProcedureName: 'episode' }
  await everyNight(vodflow, request)
})

it.each(['callbacks', 'uploads'])(
  'the handler of %s takes an event of ours, and refuses what is none',
  async (name) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const { handler, app } = await import(`../../examples/snippets/${name}.ts`)
    const address = {
      account: 'default',
      namespace: 'default',
      workflowId: 'none',
      chain: 'none',
      SessionId: 'none',
    }
    expect((await halfway(address, stack.macKeys, handler)).status).toBe(200)
    const post = (body: string) =>
      app
        ? app.request('/vod', { method: 'POST', body })
        : handler(new Request('http://localhost/', { method: 'POST', body }))
    expect((await post(JSON.stringify({ EventType: 'FileDeleted', FileDeleteEvent: {} }))).status).toBe(200)
    if (app) expect(log).toHaveBeenCalledWith('FileDeleted')
    expect((await post('{')).status).toBeGreaterThanOrEqual(400)
  },
)

it('a VOD of a test has its fault and its switch', async () => {
  const { vod, FileId } = await vodWithFaults(join(root, 'package.json'))
  expect(vod.media(FileId)).toBeDefined()
  expect(vod.faults.list()).toMatchObject([{ kind: 'loseReply' }])
  expect(vod.switches.listingLagMs).toBe(20_000)
  await vod.close()
})

it('a worker takes the encryption that the environment names', async () => {
  vi.stubEnv('VODFLOW_PAYLOAD_KEYS', `k1:${'ab'.repeat(32)}`)
  const { encrypted } = await import('../../examples/snippets/encryption.js')
  expect(encrypted.dataConverter.payloadCodecs).toHaveLength(1)
})

it('the worker of docs/compose.md runs its pipeline with calls and webhooks of its own, and ends when it is told', async () => {
  await stack.vodClient.call('ResetProcedureTemplate', {
    Name: 'episode',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
    ReviewAudioVideoTask: { Definition: 10 },
  })
  const receiver = await startReceiver()
  const worker: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', 'examples/publish-episode/worker.ts'],
    {
      cwd: root,
      env: {
        ...process.env,
        ...stack.environment,
        HOOK_URL: receiver.endpoint.url,
        HOOK_SECRET: receiver.endpoint.secret,
      },
      stdio: 'ignore',
    },
  )
  try {
    const run = await startEpisode(vodflow, { id: 'e01', title: 'a quiet evening', MediaUrl })
    expect(await run.result()).toMatchObject({ decision: 'approved' })
    expect(receiver.types).toEqual(['episode.approved'])
  } finally {
    worker.kill('SIGTERM')
    receiver.close()
  }
  expect(await once(worker, 'exit')).toEqual([0, null])
})
