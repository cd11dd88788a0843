import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defaultPayloadConverter } from '@temporalio/common'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { connect, type Vodflow } from 'vodflow'
import { startReceiver } from '../../examples/publish-episode/receiver.js'
import { startEpisode } from '../../examples/publish-episode/start.js'
import { everyNight, reprocess, rerunFailed } from '../../examples/snippets/batch.js'
import { vodWithFaults } from '../../examples/snippets/localVod.js'
import { show, submit } from '../../examples/snippets/migrationClient.js'
import { processMissedUploads } from '../../examples/snippets/missedUploads.js'
import { outputsOf } from '../../examples/snippets/process.js'
import { halfway } from '../../examples/snippets/signedEvent.js'
import { sampleTemplate } from '../../src/cli/dev/sample.js'
import { type Stack, startStack } from '../../src/cli/dev/stack.js'
import { createVodClient } from '../../src/vod/client.js'
import { root } from '../support/binary.js'

const MediaUrl = import.meta.url // To a VOD without ffmpeg any file is a film.

let stack: Stack
let vodflow: Vodflow
beforeAll(async () => {
  stack = await startStack({
    vod: { media: 'instant' },
    worker: { sweep: false, allow: ['ModifyMediaInfo', 'DeleteMedia'] },
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
      { timeout: 60_000 },
    )
    .toEqual([[expect.stringContaining(FileId), 'COMPLETED']])
  expect(
    tasksOf(FileId)
      .map(({ TaskType }) => TaskType)
      .sort(),
  ).toEqual(['Procedure', 'ReviewAudioVideo'])
})

it('a library is planned before it is processed, is paused and resumed, and only what failed is rerun', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  // Moderation leaves no output by which vodflow could tell that it has run.
  await stack.vodClient.call('ResetProcedureTemplate', {
    Name: 'episode',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
  })
  // Media of other tests have outputs of their own.
  const { MediaInfoSet } = await stack.vodClient.call('SearchMedia', { Limit: 100 })
  for (const { FileId } of MediaInfoSet) await stack.vodClient.call('DeleteMedia', { FileId })
  const added = [await media(), await media()]
  const before = new Set(stack.vod.books().tasks.map(({ TaskId }) => TaskId))
  const newTasks = () => stack.vod.books().tasks.filter(({ TaskId }) => !before.has(TaskId))
  log.mockImplementation(() => expect(newTasks()).toEqual([]))
  stack.vod.faults.add({ kind: 'failSubTask', Type: '*', code: 'InternalError', times: 1 })
  const { counts, failures } = await reprocess(vodflow)
  expect(log).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ items: counts.started }))
  expect(await controlsOf('library-2026-11')).toEqual([{ paused: true }, { paused: false }])
  expect(counts.ended.failed).toBe(1)
  expect(counts.ended.succeeded).toBe(1)
  expect(
    newTasks()
      .map(({ FileId }) => FileId)
      .sort(),
  ).toEqual(added.sort())

  for (const { TaskId } of newTasks()) before.add(TaskId)
  const again = await (await rerunFailed(vodflow)).result()
  expect(again).toMatchObject({ total: 1, failures: [] })
  expect(newTasks().map(({ FileId }) => FileId)).toEqual(failures.map(({ FileId }) => FileId))
})

/** What was asked of a batch, in order. */
async function controlsOf(workflowId: string): Promise<unknown[]> {
  const { events } = await vodflow.client.workflow.getHandle(workflowId).fetchHistory()
  const accepted = (events ?? []).flatMap(
    (event) => event.workflowExecutionUpdateAcceptedEventAttributes ?? [],
  )
  return accepted.map(({ acceptedRequest }) =>
    defaultPayloadConverter.fromPayload(acceptedRequest?.input?.args?.payloads?.[0] ?? {}),
  )
}

it('a library is scheduled for 3 a.m., and what the schedule starts is a batch of it', async () => {
  const FileId = await media()
  const request = { source: { FileIds: [FileId] }, ProcedureName: 'episode' }
  const schedule = await everyNight(vodflow, request)
  const { spec, action, policies } = await schedule.describe()
  expect(spec.calendars).toMatchObject([{ hour: [{ start: 3 }], minute: [{ start: 0 }] }])
  expect(action).toMatchObject({ workflowType: 'processBatch', args: [request] })
  expect(policies.overlap).toBe('SKIP')
  await schedule.trigger()
  const started = async () => (await schedule.describe()).info.recentActions
  await expect.poll(started).toHaveLength(1)
  const [batch] = await started()
  const { workflowId } = batch?.action.workflow ?? { workflowId: '' }
  expect(await vodflow.client.workflow.getHandle(workflowId).result()).toMatchObject({
    total: 1,
    failures: [],
  })
  expect(tasksOf(FileId)).toHaveLength(1)
  await schedule.delete()
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
      SessionId: 'a'.repeat(40),
    }
    expect((await halfway(address, stack.macKeys, handler)).status).toBe(200)
    const post = (body: string) =>
      app
        ? app.request('/vod', { method: 'POST', body })
        : handler(new Request('http://localhost/', { method: 'POST', body }))
    expect((await post(JSON.stringify({ EventType: 'FileDeleted', FileDeleteEvent: {} }))).status).toBe(200)
    if (app) expect(log).toHaveBeenCalledWith('FileDeleted')
    expect((await post('x'.repeat(300_000))).status).toBe(413)
  },
)

// The rule waits a minute for a task flow that the upload itself may have started.
it('an upload whose name fits the rule is processed once, and no other', { timeout: 180_000 }, async () => {
  const { handler } = await import('../../examples/snippets/uploads.js')
  const [fits, other] = [await media('ep-1'), await media('trailer')]
  for (const FileId of [other, fits, fits]) {
    const body = JSON.stringify({ EventType: 'NewFileUpload', FileUploadEvent: { FileId } })
    expect((await handler(new Request('http://localhost/', { method: 'POST', body }))).status).toBe(200)
  }
  const resultOf = (FileId: string) =>
    vodflow.client.workflow.getHandle(`upload/default/1500000001/${FileId}`).result()
  expect(await resultOf(fits)).toMatchObject({ status: 'processed', outcome: { status: 'succeeded' } })
  expect(await resultOf(other)).toMatchObject({ status: 'ignored' })
  expect(tasksOf(fits).filter(({ TaskType }) => TaskType === 'Procedure')).toHaveLength(1)
  expect(tasksOf(other)).toEqual([])
})

it('missed uploads are processed when no rule takes their event any more, and once', async () => {
  await stack.vodClient.call('ResetProcedureTemplate', {
    Name: 'episode',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
  })
  const now = Date.now()
  const madeBefore = async (hours: number) => {
    stack.vod.clock.set(now - hours * 3_600_000)
    return media('ep-2').finally(() => stack.vod.clock.set(Date.now()))
  }
  const [lost, young] = [await madeBefore(37), await madeBefore(35)]
  const night = await processMissedUploads(vodflow, now)
  expect((await night.result()).failures).toEqual([])
  expect(tasksOf(lost)).toHaveLength(1)
  expect(tasksOf(young)).toEqual([])
  // What the batch did not see, the rule ignores.
  const { handler } = await import('../../examples/snippets/uploads.js')
  for (const FileId of [lost, young]) {
    const body = JSON.stringify({ EventType: 'NewFileUpload', FileUploadEvent: { FileId } })
    expect((await handler(new Request('http://localhost/', { method: 'POST', body }))).status).toBe(200)
    const run = vodflow.client.workflow.getHandle(`upload/default/1500000001/${FileId}`)
    expect(await run.result()).toMatchObject({ status: 'ignored' })
  }
  const nextNight = await processMissedUploads(vodflow, now + 24 * 3_600_000)
  expect((await nextNight.result()).failures).toEqual([])
  expect([tasksOf(lost), tasksOf(young)].map(({ length }) => length)).toEqual([1, 1])
})

it('a VOD of a test loses the first answer to a submit, and lists its task late', async () => {
  const { vod, FileId } = await vodWithFaults(join(root, 'package.json'))
  const client = createVodClient({
    endpoint: vod.endpoint,
    credentials: { secretId: 'test', secretKey: 'test' },
  })
  await client.call('CreateProcedureTemplate', sampleTemplate)
  const submit = () => client.call('ProcessMediaByProcedure', { FileId, ProcedureName: sampleTemplate.Name })
  await expect(submit()).rejects.toMatchObject({ class: 'ambiguous' })
  expect(vod.books().tasks.filter(({ TaskType }) => TaskType === 'Procedure')).toHaveLength(1)
  const { TaskSet } = await client.call('DescribeTasks', {})
  expect(TaskSet?.filter(({ TaskType }) => TaskType === 'Procedure')).toEqual([])
  await submit()
  await vod.close()
})

it('a worker takes the encryption that the environment names', async () => {
  vi.stubEnv('VODFLOW_PAYLOAD_KEYS', `k1:${'ab'.repeat(32)}`)
  const { encrypted } = await import('../../examples/snippets/encryption.js')
  const [codec] = encrypted.dataConverter?.payloadCodecs ?? []
  const sealed = (await codec?.encode([defaultPayloadConverter.toPayload('a secret')])) ?? []
  expect(Buffer.from(sealed[0]?.data ?? []).toString()).not.toContain('a secret')
  const [opened] = (await codec?.decode(sealed)) ?? []
  expect(defaultPayloadConverter.fromPayload(opened ?? {})).toBe('a secret')
  // A worker of a later test would refuse to write plain text under these keys.
  vi.stubEnv('VODFLOW_PAYLOAD_KEYS', undefined)
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
    // The start is refused until the worker polls its task queue.
    const run = await vi.waitFor(
      () => startEpisode(vodflow, { id: 'e01', title: 'a quiet evening', MediaUrl }),
      { timeout: 60_000, interval: 500 },
    )
    expect(await run.result()).toMatchObject({ decision: 'approved' })
    expect(receiver.types).toEqual(['episode.approved'])
  } finally {
    worker.kill('SIGTERM')
    receiver.close()
  }
  expect(await once(worker, 'exit')).toEqual([0, null])
})
