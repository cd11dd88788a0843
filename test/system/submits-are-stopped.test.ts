import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { submitActions } from '../../src/contract/actions.js'
import { taskQueueType } from '../../src/temporal/enums.js'
import { resumeSubmits, stopSubmits, submitsOf } from '../../src/temporal/submits.js'
import { vodflow } from '../cli/cli.js'
import { type System, startSystem } from '../support/system.js'

const account = 'default'
const change = { reason: 'a wrong template', by: 'ada@desk' }

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 50, waitingTime: 4_000 })
})
afterAll(() => system.close())
afterEach(async () => {
  system.vod.faults.clear()
  await resumeSubmits(client(), account, change)
})

const client = () => system.vodflow.client
const stop = () => stopSubmits(client(), account, change)
const resume = () => resumeSubmits(client(), account, change)
const submitCalls = () =>
  system.vod.books().calls.filter(({ action }) => submitActions.some((submit) => submit === action)).length
const start = async (type: string, request: object) =>
  client().workflow.start(type, {
    workflowId: `${type}-${Math.random()}`,
    taskQueue: 'vodflow',
    args: [{ request, delays: { lag: [50] } }],
  })

/** One run of each action that makes VOD work. */
async function oneOfEach() {
  const FileId = await system.media()
  const MediaUrl = system.vod.media(FileId)?.MediaUrl ?? ''
  const TranscodeTaskSet = [{ Definition: 100010 }]
  const VideoItem = { SourceMedia: FileId }
  const requests: Record<string, object> = {
    processMediaByProcedure: { FileId, ProcedureName: 'two' },
    processMedia: { FileId, MediaProcessTask: { TranscodeTaskSet } },
    pullUpload: { MediaUrl },
    editMedia: { InputType: 'File', FileInfos: [{ FileId }] },
    composeMedia: {
      Tracks: [{ Type: 'Video', TrackItems: [{ Type: 'Video', VideoItem }] }],
      Output: { FileName: 'composed' },
    },
    splitMedia: { FileId, Segments: [{ StartTimeOffset: 0, EndTimeOffset: 2 }] },
    reviewAudioVideo: { FileId },
  }
  return Promise.all(Object.entries(requests).map(([type, request]) => start(type, request)))
}
const waiting = async () =>
  (await submitsOf(client(), account)).queues.reduce((sum, queue) => sum + queue.waiting, 0)

describe('while submits of an account are stopped', () => {
  it('no action is submitted, none is lost, and each is submitted once when they go on', async () => {
    await stop()
    const before = submitCalls()
    const runs = await oneOfEach()
    await expect.poll(waiting).toBe(runs.length)
    // Time for whoever would submit them after all: one whole job of another kind.
    const adopted = await system.vodflow.adopt({ TaskId: 'nowhere' }, { delays: { polls: [50], lag: [500] } })
    await adopted.result()
    expect(submitCalls()).toBe(before)
    await resume()
    const outcomes = await Promise.all(runs.map((run) => run.result()))
    expect(outcomes.map(({ status }) => status)).toEqual(runs.map(() => 'succeeded'))
    expect(submitCalls()).toBe(before + runs.length)
  })

  it('what VOD works on ends as usual, and what it has not begun is aborted by a cancel', async () => {
    const [ends, canceled] = await Promise.all([system.media(), system.media()])
    const run = await system.vodflow.process({ FileId: ends, ProcedureName: 'two' })
    const other = await system.vodflow.process({ FileId: canceled, ProcedureName: 'one' })
    await expect.poll(() => system.tasksOf(ends).length + system.tasksOf(canceled).length).toBe(3)
    await stop()
    await other.cancel()
    await expect(other.result()).rejects.toThrow(/canceled/)
    expect(system.tasksOf(canceled)).toMatchObject([{ Status: 'ABORTED' }])
    expect(await run.result()).toMatchObject({ status: 'succeeded' })
  })

  it('a batch stands still in its middle, and goes on', async () => {
    const FileIds = await Promise.all(Array.from({ length: 60 }, () => system.media()))
    const made = () => FileIds.flatMap((FileId) => system.tasksOf(FileId)).length
    const batch = await system.vodflow.batches.start(
      {
        source: { FileIds },
        ProcedureName: 'one',
        window: 60,
      },
      { workflowId: 'stopped' },
    )
    await expect.poll(made, { interval: 5 }).toBeGreaterThan(0)
    await stop()
    await expect.poll(async () => (await waiting()) + made()).toBe(60)
    const stands = made()
    expect(stands).toBeLessThan(60)
    await expect.poll(async () => (await batch.progress())?.running).toBe(60 - stands)
    expect(made()).toBe(stands)
    await resume()
    expect((await batch.result()).counts).toMatchObject({ tasks: 60, ended: { succeeded: 60 } })
    expect(made()).toBe(60)
  })
})

it('the command stops, shows and resumes; doctor and status say so', async () => {
  const run = (...args: readonly string[]) => vodflow(args, system.environment)
  const stopped = await run('submits', 'stop', '--reason', 'a wrong template')
  expect(stopped).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('submits of account default are stopped'),
  })
  const FileId = await system.media()
  await run('process', FileId, '--procedure', 'one')
  await expect.poll(waiting).toBe(1)
  const shown = await run('submits', 'show', '--json')
  expect(shown.code).toBe(2)
  expect(JSON.parse(shown.stdout)).toMatchObject({
    account,
    stopped: true,
    queues: [
      {
        taskQueue: 'vodflow.default.submit',
        waiting: 1,
        perSecond: 0,
        set: {
          reason: 'a wrong template',
          by: expect.stringContaining('@'),
          since: expect.stringMatching(/^20/),
        },
      },
      { taskQueue: 'vodflow.default.slow', waiting: 0, perSecond: 0 },
    ],
  })
  const doctor = await run('doctor', '--json')
  const finding = doctor.stdout.split('\n').find((line) => line.includes('"submits"')) ?? '{}'
  expect(JSON.parse(finding)).toMatchObject({
    state: 'doubtful',
    what: expect.stringMatching(
      /submits of account default are stopped since .* by .*: a wrong template; 1 wait/,
    ),
    fix: expect.stringContaining('vodflow submits resume --account default'),
  })
  expect((await run('status', FileId)).stdout).toContain('submits of account default are stopped')
  const resumed = await run('submits', 'resume', '--reason', 'template corrected')
  expect(resumed).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/are not stopped\n {2}vodflow\.default\.submit .* 80 a second/),
  })
  expect((await run('submits', 'show')).code).toBe(0)
  await expect.poll(() => system.tasksOf(FileId).length).toBe(1)
})

it.each([['show'], ['stop', '--reason', 'a test'], ['resume', '--reason', 'a test']])(
  '%s says that no worker serves an account',
  async (...args) => {
    const { code, stdout, stderr } = await vodflow(
      ['submits', ...args, '--account', 'another', '--json'],
      system.environment,
    )
    expect(JSON.parse(stdout)).toMatchObject({ account: 'another', stopped: args[0] === 'stop' })
    expect(stderr).toContain('no worker serves the account "another"')
    expect(code).toBe(2)
  },
)

it.each(['stop', 'resume'])('%s says which limit of somebody else it replaces', async (verb) => {
  const taskQueue = (await submitsOf(client(), account)).queues[0]?.taskQueue ?? ''
  await client().workflowService.updateTaskQueueConfig({
    namespace: 'default',
    identity: 'eve@desk',
    taskQueue,
    taskQueueType: taskQueueType.activity,
    updateQueueRateLimit: { rateLimit: { requestsPerSecond: 3 }, reason: 'the disk is full' },
  })
  const { code, stderr } = await vodflow(['submits', verb, '--reason', 'a test'], system.environment)
  expect(stderr).toMatch(
    new RegExp(
      `^vodflow: ${verb} replaces the limit of ${taskQueue}: 3 a second, set at .* by eve@desk: the disk is full\n$`,
    ),
  )
  expect(code).toBe(0)
  expect((await vodflow(['submits', verb, '--reason', 'again'], system.environment)).stderr).toBe('')
})
