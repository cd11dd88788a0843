import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { EmulatorFault } from '../../src/emulator/faults.js'
import { taskQueueType } from '../../src/temporal/enums.js'
import { cancelingIn, delays } from '../support/canceling.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

/** An account whose worker waits for VOD's answer for one second. */
const account = 'brisk'
const nothing = { stopped: [], ended: [], left: [], submitUnanswered: false }

let system: System
let theirs: Theirs
let runs: ReturnType<typeof cancelingIn>

beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 60_000, reviewTime: 60_000, waitingTime: 60_000 })
  runs = cancelingIn(system)
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } =
    system.environment
  const options = { endpoint: system.vod.endpoint, credentials: { secretId, secretKey }, timeout: 1_000 }
  theirs = await startTheirs(system, 'canceled', {
    accounts: { [account]: options },
    macKeys: system.macKeys,
    sweep: false,
  })
})
afterAll(async () => {
  await theirs.close()
  await system.close()
})
afterEach(() => system.vod.faults.clear())

const lay = (...faults: EmulatorFault[]) => system.vod.faults.add(...faults)
const books = () => system.vod.books()

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
    return (await runs.pendingOf(workflowId)).every(({ lastStartedTime }) => !lastStartedTime)
  }
  await expect.poll(isThere, { interval: 20 }).toBe(true)
}

/** VOD takes the request, the answer is lost, and to what is sent after it VOD answers nothing that helps. */
async function lostThenInBackoff(action: string, start: () => Promise<string>): Promise<string> {
  const before = books().tasks.length
  lay({ kind: 'slow', action, delay: 500, times: 2 }, { kind: 'loseReply', action, times: 1 })
  const run = await start()
  await expect.poll(() => books().tasks.length, { interval: 50 }).toBeGreaterThan(before)
  // The second send is being slow, and meets this.
  lay({ kind: 'error', action, code: 'InternalError' })
  await runs.inBackoff(run)
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
    const begun = await Promise.all(Array.from({ length: 6 }, async () => runs.begin(type, await input())))
    await Promise.all(begun.map((run) => runs.inBackoff(run)))
    expect(await Promise.all(begun.map(runs.canceled))).toEqual(begun.map(() => nothing))
    // They have ended, so none is sent once VOD would take it.
    system.vod.faults.clear()
    expect(books().tasks).toHaveLength(before)
  })

  it('that waits in its queue behind others is not sent, nor searched', async () => {
    const taskQueue = action === 'SplitMedia' || action === 'ReviewAudioVideo' ? 'slow' : 'submit'
    const rate = (rateLimit?: { requestsPerSecond: number }) =>
      system.vodflow.client.workflowService.updateTaskQueueConfig({
        namespace: 'default',
        taskQueue: `vodflow.default.${taskQueue}`,
        taskQueueType: taskQueueType.activity,
        updateQueueRateLimit: rateLimit ? { rateLimit } : {},
      })
    await rate({ requestsPerSecond: 0 })
    try {
      const before = books().calls.length
      const begun = await Promise.all([1, 2, 3].map(async () => runs.begin(type, await input())))
      for (const run of begun) await expect.poll(async () => (await runs.pendingOf(run)).length).toBe(1)
      expect(await Promise.all(begun.map(runs.canceled))).toEqual([nothing, nothing, nothing])
      expect(books().calls).toHaveLength(before)
    } finally {
      await rate()
    }
  })

  it('that hangs until the time limit of the call is not sent again', async () => {
    lay({ kind: 'hang', action, times: 1 })
    const before = books().tasks.length
    const run = await runs.begin(type, await input({ account }))
    await expect
      .poll(async () => (await runs.pendingOf(run)).some(({ lastStartedTime }) => lastStartedTime), {
        timeout: 60_000,
        interval: 50,
      })
      .toBe(true)
    expect(await runs.canceled(run)).toEqual({ ...nothing, submitUnanswered: true })
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
      const run = await lostThenInBackoff(action, () => runs.begin(type, given))
      const said = await runs.canceled(run)
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
    Object.assign(system.vod.switches, { listingLag: 1_500, reviewListingLag: 2_000 })
    try {
      const given = { request: { FileId, ProcedureName: 'two' }, delays: { ...delays, lag: [500] } }
      const run = await lostThenInBackoff('ProcessMediaByProcedure', () =>
        runs.begin('processMediaByProcedure', given),
      )
      const said = await runs.canceled(run)
      expect(new Set(said?.stopped)).toEqual(new Set(system.tasksOf(FileId).map(({ TaskId }) => TaskId)))
      expect(said?.submitUnanswered).toBe(false)
    } finally {
      Object.assign(system.vod.switches, { listingLag: 0, reviewListingLag: 0 })
    }
  })

  it.each(['SplitMedia', 'ComposeMedia'])(
    'of %s nobody can know: the run says that a task may exist',
    async (name) => {
      const { action, type, request } = cases.find((each) => each.action === name) as Case
      const FileId = await system.media()
      const given = { request: request(FileId, ''), delays }
      const run = await lostThenInBackoff(action, () => runs.begin(type, given))
      expect(await runs.canceled(run)).toEqual({ ...nothing, submitUnanswered: true })
    },
  )
})

it('whenever a run is canceled, whatever VOD answers: what it says is what the books say', async () => {
  const action = 'ProcessMediaByProcedure'
  const answer = fc.oneof(
    fc.constant<EmulatorFault>({ kind: 'error', action, code: 'RequestLimitExceeded', times: 1 }),
    fc.constant<EmulatorFault>({ kind: 'error', action, code: 'InternalError', times: 1 }),
    fc.constant<EmulatorFault>({ kind: 'loseReply', action, times: 1 }),
    fc.constant<EmulatorFault>({ kind: 'errorAfter', action, code: 'InternalError', times: 1 }),
    fc.constant<EmulatorFault>({ kind: 'badGateway', action, times: 1 }),
    fc
      .integer({ min: 50, max: 600 })
      .map<EmulatorFault>((ms) => ({ kind: 'slow', action, delay: ms, times: 1 })),
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
      const run = await runs.begin('processMediaByProcedure', { request: { FileId, ProcedureName }, delays })
      await answered(run, { action, before, answers, sending })
      const said = await runs.canceled(run)
      const made = system.tasksOf(FileId)
      const named = said ? [...said.stopped, ...said.ended, ...said.left] : []
      expect(new Set(named)).toEqual(new Set(made.map(({ TaskId }) => TaskId)))
      expect(made.every(({ Status }) => Status === 'ABORTED')).toBe(true)
    }),
    { numRuns: 12, endOnFailure: true },
  )
})
