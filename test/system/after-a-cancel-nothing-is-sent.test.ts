import { CancelledFailure, WorkflowFailedError } from '@temporalio/client'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../src/emulator/faults.js'
import type { Cancelled } from '../../src/workflows/progress.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

/** An account whose worker waits for VOD's answer for one second. */
const account = 'brisk'
const nothing = { stopped: [], ended: [], left: [], submitUnanswered: false }
/** Shorter waits of a canceled step, and of a step that searches. */
const delays = { lag: [50], listings: [200], cancelGrace: 9_000 }

let system: System
let theirs: Theirs

beforeAll(async () => {
  system = await startSystem({ media: 'instant', instantMs: 60_000, reviewMs: 60_000, waitingMs: 60_000 })
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } =
    system.environment
  const options = { endpoint: system.vod.endpoint, credentials: { secretId, secretKey }, timeoutMs: 1_000 }
  theirs = await startTheirs(system, 'canceled', {
    accounts: { [account]: options },
    macKeys: system.macKeys,
    sweep: 'off',
  })
})
afterAll(async () => {
  await theirs.close()
  await system.close()
})
afterEach(() => system.vod.faults.clear())

const client = () => system.vodflow.client
const lay = (...faults: Fault[]) => system.vod.faults.add(...faults)
const books = () => system.vod.books()

async function begin(type: string, input: object, taskQueue = 'vodflow'): Promise<string> {
  const workflowId = `${type}-${Math.random()}`
  await client().workflow.start(type, { workflowId, taskQueue, args: [input, []] })
  return workflowId
}

/** Cancels, and waits for the end: what the run then says in its memo. A run that has ended can send nothing more. */
async function canceled(workflowId: string): Promise<Cancelled | undefined> {
  const handle = client().workflow.getHandle(workflowId)
  await handle.cancel()
  const end = await handle.result().catch((error) => error)
  expect(end).toBeInstanceOf(WorkflowFailedError)
  expect(end.cause).toBeInstanceOf(CancelledFailure)
  await expect.poll(() => books().underWay).toBe(0)
  return (await handle.describe()).memo?.['vodflow.cancelled'] as Cancelled | undefined
}

const pendingOf = async (workflowId: string) =>
  (await client().workflow.getHandle(workflowId).describe()).raw.pendingActivities ?? []

/** The submit has failed and waits for its next attempt. */
async function inBackoff(workflowId: string, minAttempt = 2): Promise<void> {
  const waiting = async () =>
    (await pendingOf(workflowId)).some(
      ({ attempt, lastStartedTime, lastFailure }) =>
        Number(attempt) >= minAttempt && !lastStartedTime && lastFailure,
    )
  await expect.poll(waiting, { timeout: 20_000, interval: 50 }).toBe(true)
}

/**
 * VOD has given so many answers, and then is at work on another call where one is `sending`; or the run waits for the next time that
 * it sends or looks.
 */
async function answered(
  workflowId: string,
  { action, before, answers, sending }: { action: string; before: number; answers: number; sending: boolean },
): Promise<void> {
  const given = () =>
    books()
      .calls.slice(before)
      .filter((call) => call.action === action).length
  const isThere = async () => {
    if (given() >= answers && (!sending || books().underWay > 0)) return true
    if (given() === 0) return false
    return (await pendingOf(workflowId)).every(({ lastStartedTime }) => !lastStartedTime)
  }
  await expect.poll(isThere, { timeout: 20_000, interval: 20 }).toBe(true)
}

/** VOD takes the request, the answer is lost, and to what is sent after it VOD answers nothing that helps. */
async function lostThenInBackoff(action: string, start: () => Promise<string>): Promise<string> {
  const before = books().tasks.length
  lay({ kind: 'slow', action, ms: 500, times: 2 }, { kind: 'loseReply', action, times: 1 })
  const run = await start()
  await expect.poll(() => books().tasks.length, { timeout: 20_000, interval: 50 }).toBeGreaterThan(before)
  // The second send is being slow, and meets this.
  lay({ kind: 'error', action, code: 'InternalError' })
  await inBackoff(run)
  return run
}

interface Case {
  readonly action: string
  readonly type: string
  readonly request: (FileId: string, MediaUrl: string) => object
}
const url = async (FileId: string) => system.vod.media(FileId)?.MediaUrl ?? ''
const transcode = { TranscodeTaskSet: [{ Definition: 100010 }] }
const cases: Case[] = [
  {
    action: 'ProcessMediaByProcedure',
    type: 'processMediaByProcedure',
    request: (FileId) => ({ FileId, ProcedureName: 'two' }),
  },
  {
    action: 'ProcessMedia',
    type: 'processMedia',
    request: (FileId) => ({ FileId, MediaProcessTask: transcode }),
  },
  { action: 'ReviewAudioVideo', type: 'reviewAudioVideo', request: (FileId) => ({ FileId }) },
  {
    action: 'EditMedia',
    type: 'editMedia',
    request: (FileId) => ({ InputType: 'File', FileInfos: [{ FileId }], ProcedureName: 'one' }),
  },
  {
    action: 'PullUpload',
    type: 'pullUpload',
    request: (_, MediaUrl) => ({ MediaUrl, Procedure: 'two' }),
  },
  {
    action: 'SplitMedia',
    type: 'splitMedia',
    request: (FileId) => ({
      FileId,
      Segments: [{ StartTimeOffset: 0, EndTimeOffset: 2, ProcedureName: 'one' }],
    }),
  },
  {
    action: 'ComposeMedia',
    type: 'composeMedia',
    request: (FileId) => ({
      Tracks: [{ Type: 'Video', TrackItems: [{ Type: 'Video', VideoItem: { SourceMedia: FileId } }] }],
      Output: { FileName: 'composed' },
    }),
  },
]

describe.each(cases)('$action', ({ action, type, request }) => {
  const input = async (more: object = {}) => {
    const FileId = await system.media()
    return { request: request(FileId, await url(FileId)), delays, ...more }
  }

  it('that VOD throttles is not sent after a cancel, and the run says that nothing was made', async () => {
    lay({ kind: 'error', action, code: 'RequestLimitExceeded' })
    const before = books().tasks.length
    const runs = await Promise.all(Array.from({ length: 6 }, async () => begin(type, await input())))
    await Promise.all(runs.map((run) => inBackoff(run)))
    expect(await Promise.all(runs.map(canceled))).toEqual(runs.map(() => nothing))
    // They have ended, so none is sent once VOD would take it.
    system.vod.faults.clear()
    expect(books().tasks).toHaveLength(before)
  })

  it('that waits in its queue behind others is not sent, nor searched', async () => {
    const taskQueue = action === 'SplitMedia' || action === 'ReviewAudioVideo' ? 'slow' : 'submit'
    const rate = (rateLimit?: { requestsPerSecond: number }) =>
      client().workflowService.updateTaskQueueConfig({
        namespace: 'default',
        taskQueue: `vodflow.default.${taskQueue}`,
        taskQueueType: 2,
        updateQueueRateLimit: rateLimit ? { rateLimit } : {},
      })
    await rate({ requestsPerSecond: 0 })
    try {
      const before = books().calls.length
      const runs = await Promise.all([1, 2, 3].map(async () => begin(type, await input())))
      for (const run of runs)
        await expect.poll(async () => (await pendingOf(run)).length, { timeout: 20_000 }).toBe(1)
      expect(await Promise.all(runs.map(canceled))).toEqual([nothing, nothing, nothing])
      expect(books().calls).toHaveLength(before)
    } finally {
      await rate()
    }
  })

  it('that hangs until the time limit of the call is not sent again', async () => {
    lay({ kind: 'hang', action, times: 1 })
    const before = books().tasks.length
    const run = await begin(type, await input({ account }))
    await expect
      .poll(async () => (await pendingOf(run)).some(({ lastStartedTime }) => lastStartedTime), {
        timeout: 20_000,
        interval: 50,
      })
      .toBe(true)
    expect(await canceled(run)).toEqual({ ...nothing, submitUnanswered: true })
    expect(books().tasks).toHaveLength(before)
  })
})

describe('what a submit without an answer made is looked up', () => {
  it.each(cases.filter(({ action }) => action !== 'SplitMedia' && action !== 'ComposeMedia'))(
    '$action',
    async ({ action, type, request }) => {
      const FileId = await system.media()
      const before = books().tasks.length
      const given = { request: request(FileId, await url(FileId)), delays }
      const run = await lostThenInBackoff(action, () => begin(type, given))
      const said = await canceled(run)
      const made = books().tasks.slice(before)
      const stoppable = made.filter(({ TaskType }) => TaskType !== 'PullUpload')
      expect(new Set(said?.stopped)).toEqual(new Set(stoppable.map(({ TaskId }) => TaskId)))
      expect(stoppable.every(({ Status }) => Status === 'ABORTED')).toBe(true)
      // VOD lists no pull: that there was one is known by the media that it made, its TaskId is not.
      expect(said).toMatchObject({ ended: [], left: [], submitUnanswered: action === 'PullUpload' })
    },
  )

  it('also where the listing shows it late', async () => {
    const FileId = await system.media()
    Object.assign(system.vod.switches, { listingLagMs: 1_500, reviewListingLagMs: 2_000 })
    try {
      const given = { request: { FileId, ProcedureName: 'two' }, delays: { ...delays, lag: [500] } }
      const run = await lostThenInBackoff('ProcessMediaByProcedure', () =>
        begin('processMediaByProcedure', given),
      )
      const said = await canceled(run)
      expect(new Set(said?.stopped)).toEqual(new Set(system.tasksOf(FileId).map(({ TaskId }) => TaskId)))
      expect(said?.submitUnanswered).toBe(false)
    } finally {
      Object.assign(system.vod.switches, { listingLagMs: 0, reviewListingLagMs: 0 })
    }
  })

  it.each(['SplitMedia', 'ComposeMedia'])(
    'of %s nobody can know: the run says that a task may exist',
    async (name) => {
      const { action, type, request } = cases.find((each) => each.action === name) as Case
      const FileId = await system.media()
      const given = { request: request(FileId, ''), delays }
      const run = await lostThenInBackoff(action, () => begin(type, given))
      expect(await canceled(run)).toEqual({ ...nothing, submitUnanswered: true })
    },
  )
})

describe('in a workflow of a user', () => {
  const input = async (ProcedureName = 'one') => ({
    request: { FileId: await system.media(), ProcedureName },
    delays,
  })
  const throttle = () =>
    lay({ kind: 'error', action: 'ProcessMediaByProcedure', code: 'RequestLimitExceeded' })

  it('a canceled scope sends nothing more, also when it is canceled before the first attempt', async () => {
    const before = books().tasks.length
    expect(await theirs.run('cancelsAtOnce', await input())).toBe('canceled')
    throttle()
    const run = await begin('cancelsLater', await input(), 'theirs-canceled')
    await inBackoff(run)
    const handle = client().workflow.getHandle(run)
    await handle.signal('cancelScope')
    expect(await handle.result()).toBe('canceled')
    system.vod.faults.clear()
    expect(books().tasks).toHaveLength(before)
  })

  it.each(['sleep', 'gate', 'nothing', 'step'])(
    'a step whose submit is on the wire is cleaned up before the workflow ends by what stands beside it: %s',
    async (beside) => {
      lay({ kind: 'slow', action: 'ProcessMediaByProcedure', ms: 1_500, times: 1 })
      const slow = await input('two')
      const quick = await input()
      const handle = await client().workflow.start(beside === 'step' ? 'sideBySide' : 'besideOthers', {
        workflowId: `beside-${Math.random()}`,
        taskQueue: 'theirs-canceled',
        args: beside === 'step' ? [[quick, slow]] : [slow, beside],
      })
      const started = async () =>
        (await pendingOf(handle.workflowId)).filter(({ lastStartedTime }) => lastStartedTime).length
      const answered = () =>
        system.tasksOf(quick.request.FileId).length + system.tasksOf(slow.request.FileId).length
      // Of two steps one has its answer.
      await expect
        .poll(answered, { timeout: 20_000, interval: 50 })
        .toBeGreaterThanOrEqual(beside === 'step' ? 1 : 0)
      await expect.poll(started, { timeout: 20_000, interval: 50 }).toBe(1)
      const said = await canceled(handle.workflowId)
      const made = [slow, quick].flatMap(({ request }) => system.tasksOf(request.FileId))
      expect(made.length).toBe(beside === 'step' ? 3 : 2)
      expect(new Set(said?.stopped)).toEqual(new Set(made.map(({ TaskId }) => TaskId)))
      expect(made.every(({ Status }) => Status === 'ABORTED')).toBe(true)
    },
  )

  it('what all of its steps say is kept, not only the last word', async () => {
    const inputs = await Promise.all(['one', 'two', 'one'].map(input))
    const run = await begin('sideBySide', inputs, 'theirs-canceled')
    const made = () => inputs.flatMap(({ request }) => system.tasksOf(request.FileId))
    await expect.poll(() => made().length, { timeout: 20_000 }).toBe(4)
    const progress = () => client().workflow.getHandle(run).query<{ phase: string }>('vodflow.progress')
    await expect.poll(async () => (await progress()).phase).toBe('waiting')
    const said = await canceled(run)
    expect(new Set(said?.stopped)).toEqual(new Set(made().map(({ TaskId }) => TaskId)))
    expect(made().every(({ Status }) => Status === 'ABORTED')).toBe(true)
  })

  it('children of a canceled parent send nothing more', async () => {
    throttle()
    const inputs = await Promise.all(['one', 'two'].map(input))
    const before = books().tasks.length
    const run = await begin('inChildren', inputs, 'theirs-canceled')
    const children = async () =>
      ((await client().workflow.getHandle(run).describe()).raw.pendingChildren ?? []).map(
        ({ workflowId }) => workflowId ?? '',
      )
    await expect.poll(async () => (await children()).length, { timeout: 20_000 }).toBe(2)
    const ids = await children()
    await Promise.all(ids.map((id) => inBackoff(id)))
    const handle = client().workflow.getHandle(run)
    await handle.cancel()
    await handle.result().catch(() => {})
    for (const id of ids)
      await expect
        .poll(async () => (await client().workflow.getHandle(id).describe()).status.name)
        .toBe('CANCELLED')
    system.vod.faults.clear()
    expect(books().tasks).toHaveLength(before)
  })
})

it('a repair that VOD throttles is not sent after a cancel, and what the first attempt made is told', async () => {
  const quick = await startSystem({ media: 'instant', instantMs: 20 })
  try {
    const Name = 'three'
    const TranscodeTaskSet = [{ Definition: 100010 }, { Definition: 100020 }]
    await quick.vodClient.call('CreateProcedureTemplate', { Name, MediaProcessTask: { TranscodeTaskSet } })
    quick.vod.faults.add(
      { kind: 'failSubTask', Type: 'Transcode', code: 'InternalError', times: 1 },
      { kind: 'error', action: 'ProcessMedia', code: 'RequestLimitExceeded' },
    )
    const FileId = await quick.media()
    const run = await quick.vodflow.process({ FileId, ProcedureName: Name }, { onPartial: 'repair' })
    const refused = () => quick.vod.books().calls.filter(({ code }) => code === 'RequestLimitExceeded').length
    await expect.poll(refused, { timeout: 20_000 }).toBeGreaterThan(0)
    await run.cancel()
    const error = await run.result().catch((error) => error)
    expect(error).toMatchObject({
      name: 'RunCancelledError',
      cancelled: { ...nothing, ended: quick.tasksOf(FileId).map(({ TaskId }) => TaskId) },
    })
    expect(quick.tasksOf(FileId)).toHaveLength(1)
  } finally {
    await quick.close()
  }
})

it('task flows that a split has started by the time of the cancel are aborted too', async () => {
  const quick = await startSystem({ media: 'instant', instantMs: 20, waitingMs: 1_500 })
  try {
    quick.vod.faults.add({ kind: 'dropCallback' })
    const FileId = await quick.media()
    const Segments = [
      { StartTimeOffset: 0, EndTimeOffset: 2, ProcedureName: 'one' },
      { StartTimeOffset: 2, ProcedureName: 'two' },
    ]
    const workflowId = 'split'
    const handle = await quick.vodflow.client.workflow.start('splitMedia', {
      workflowId,
      taskQueue: 'vodflow',
      args: [{ request: { FileId, Segments }, delays }],
    })
    const flows = () => quick.vod.books().tasks.filter(({ TaskType }) => TaskType !== 'SplitMedia')
    await expect.poll(() => flows().length, { timeout: 20_000, interval: 50 }).toBe(3)
    await handle.cancel()
    await handle.result().catch(() => {})
    const said = (await handle.describe()).memo?.['vodflow.cancelled'] as Cancelled
    const [split] = quick.vod.books().tasks.filter(({ TaskType }) => TaskType === 'SplitMedia')
    expect(said).toMatchObject({ ended: [split?.TaskId], left: [], submitUnanswered: false })
    expect(new Set(said.stopped)).toEqual(new Set(flows().map(({ TaskId }) => TaskId)))
    expect(flows().map(({ Status }) => Status)).toEqual(['ABORTED', 'ABORTED', 'ABORTED'])
  } finally {
    await quick.close()
  }
})

it('whenever a run is canceled, whatever VOD answers: what it says is what the books say', async () => {
  const action = 'ProcessMediaByProcedure'
  const answer = fc.oneof(
    fc.constant<Fault>({ kind: 'error', action, code: 'RequestLimitExceeded', times: 1 }),
    fc.constant<Fault>({ kind: 'error', action, code: 'InternalError', times: 1 }),
    fc.constant<Fault>({ kind: 'loseReply', action, times: 1 }),
    fc.constant<Fault>({ kind: 'errorAfter', action, code: 'InternalError', times: 1 }),
    fc.constant<Fault>({ kind: 'badGateway', action, times: 1 }),
    fc.integer({ min: 50, max: 600 }).map<Fault>((ms) => ({ kind: 'slow', action, ms, times: 1 })),
  )
  const world = fc.record({
    faults: fc.array(answer, { maxLength: 4 }),
    answers: fc.integer({ min: 0, max: 2 }),
    sending: fc.boolean(),
    ProcedureName: fc.constantFrom('one', 'two'),
  })
  await fc.assert(
    fc.asyncProperty(world, async ({ faults, answers, sending, ProcedureName }) => {
      system.vod.faults.clear()
      lay(...faults)
      const FileId = await system.media()
      const before = books().calls.length
      const run = await begin('processMediaByProcedure', { request: { FileId, ProcedureName }, delays })
      await answered(run, { action, before, answers, sending })
      const said = await canceled(run)
      const made = system.tasksOf(FileId)
      const named = said ? [...said.stopped, ...said.ended, ...said.left] : []
      expect(new Set(named)).toEqual(new Set(made.map(({ TaskId }) => TaskId)))
      expect(made.every(({ Status }) => Status === 'ABORTED')).toBe(true)
    }),
    { numRuns: 12, endOnFailure: true },
  )
})
