import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/client/index.js'
import type { SubmitAction } from '../../src/contract/actions.js'
import { type System, startSystem, transcodeOnly } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system.close())

const typeOf = (action: SubmitAction) => `${action.charAt(0).toLowerCase()}${action.slice(1)}`

/** Started by its name, as any client can. */
function run(action: SubmitAction, request: object, more: object = {}): Promise<Outcome> {
  return system.vodflow.client.workflow.execute(typeOf(action), {
    workflowId: `${action}-${Math.random()}`,
    taskQueue: 'vodflow',
    args: [{ request, onFailure: 'return', ...more }],
  })
}

const sourceUrl = async (name?: string) => {
  const FileId = await system.media(name)
  const { MediaInfoSet } = await system.vodClient.call('DescribeMediaInfos', { FileIds: [FileId] })
  return String((MediaInfoSet[0] as unknown as { BasicInfo: { MediaUrl: string } }).BasicInfo.MediaUrl)
}

/** What each is asked for, with media of its own. */
const requests: Record<SubmitAction, () => Promise<object>> = {
  ProcessMediaByProcedure: async () => ({ FileId: await system.media(), ProcedureName: 'one' }),
  ProcessMedia: async () => ({
    FileId: await system.media(),
    MediaProcessTask: transcodeOnly.MediaProcessTask,
  }),
  PullUpload: async () => ({ MediaUrl: await sourceUrl() }),
  EditMedia: async () => ({ InputType: 'File', FileInfos: [{ FileId: await system.media() }] }),
  ComposeMedia: async () => ({
    Tracks: [
      { Type: 'Video', TrackItems: [{ Type: 'Video', VideoItem: { SourceMedia: await system.media() } }] },
    ],
    Output: { FileName: 'reel' },
  }),
  SplitMedia: async () => ({
    FileId: await system.media(),
    Segments: [{ StartTimeOffset: 0, EndTimeOffset: 2 }, { StartTimeOffset: 2 }],
  }),
  ReviewAudioVideo: async () => ({ FileId: await system.media() }),
}
const actions = Object.keys(requests) as SubmitAction[]
const newMedia: Partial<Record<SubmitAction, number>> = {
  PullUpload: 1,
  EditMedia: 1,
  ComposeMedia: 1,
  SplitMedia: 2,
}

describe.each(actions)('%s', (action) => {
  it('is submitted once, ended by its event, and says what it made', async () => {
    const outcome = await run(action, await requests[action]())
    expect(outcome).toMatchObject({
      status: 'succeeded',
      endedBy: 'push',
      attempts: [{ attempt: 1, action }],
    })
    expect(outcome.TaskId).toBeTypeOf('string')
    expect(outcome.newFileIds).toHaveLength(newMedia[action] ?? 0)
    expect(outcome.moderation?.Suggestion).toBe(action === 'ReviewAudioVideo' ? 'pass' : undefined)
  })

  it('is paid once when the answer is lost, and what was made is found', async () => {
    system.vod.faults.add({ kind: 'loseReply', action, times: 1 })
    const outcome = await run(action, await requests[action](), { delays: { listings: [200] } })
    expect(outcome).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
    const made = system.vod
      .books()
      .tasks.filter(({ SessionId }) => SessionId === outcome.attempts[0]?.SessionId)
    expect(made).toHaveLength(1)
    expect(outcome.newFileIds).toHaveLength(newMedia[action] ?? 0)
  })

  it('ends without any event', async () => {
    const outcome = await run(action, await requests[action](), {
      callbacks: false,
      delays: { polls: [100] },
    })
    expect(outcome).toMatchObject({ status: 'succeeded', endedBy: 'poll' })
  })
})

describe('a task flow on what an action makes is waited for too', () => {
  const flows: [SubmitAction, () => Promise<object>][] = [
    ['PullUpload', async () => ({ MediaUrl: await sourceUrl('review'), Procedure: 'two' })],
    [
      'EditMedia',
      async () => ({
        InputType: 'File',
        FileInfos: [{ FileId: await system.media() }],
        ProcedureName: 'two',
      }),
    ],
    [
      'SplitMedia',
      async () => ({
        FileId: await system.media(),
        Segments: [
          { StartTimeOffset: 0, EndTimeOffset: 2, ProcedureName: 'one' },
          { StartTimeOffset: 2, ProcedureName: 'two' },
        ],
      }),
    ],
  ]
  const flowTasks: Partial<Record<SubmitAction, number>> = { PullUpload: 2, EditMedia: 2, SplitMedia: 3 }

  it.each(flows)('%s', async (action, request) => {
    const outcome = await run(action, await request())
    expect(outcome.status).toBe('succeeded')
    expect(outcome.tasks).toHaveLength(1 + (flowTasks[action] ?? 0))
    expect(outcome.tasks.every(({ Status }) => Status === 'FINISH')).toBe(true)
    expect(outcome.ReviewAudioVideoTaskId).toMatch(/-ReviewAudioVideo-/)
  })

  it('PullUpload: its verdict is that of the flow', async () => {
    const outcome = await run('PullUpload', {
      MediaUrl: await sourceUrl(),
      MediaName: 'block',
      Procedure: 'two',
    })
    expect(outcome).toMatchObject({ status: 'succeeded', moderation: { Suggestion: 'block' } })
  })

  it('PullUpload: found after a lost answer by its media, flow and all', async () => {
    system.vod.faults.add({ kind: 'loseReply', action: 'PullUpload', times: 1 })
    system.vod.faults.add({ kind: 'dropCallback', times: 1 })
    const request = { MediaUrl: await sourceUrl(), Procedure: 'two' }
    const outcome = await run('PullUpload', request, { delays: { listings: [200] } })
    expect(outcome).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
    expect(outcome.tasks.map(({ TaskType }) => TaskType).sort()).toEqual([
      'Procedure',
      'PullUpload',
      'ReviewAudioVideo',
    ])
  })
})

it('a pull that fails is failed, and says why', async () => {
  const outcome = await run('PullUpload', { MediaUrl: `${system.vod.endpoint}/media/none/none.mp4` })
  expect(outcome).toMatchObject({ status: 'failed', newFileIds: [] })
  expect(outcome.reason).toContain('404')
})

it('only an event can name a task that is in no listing: then it is waited for, and proven by its detail', async () => {
  // The event of the first send is held back until the search is over.
  system.vod.faults.add({ kind: 'loseReply', action: 'ComposeMedia', times: 1 })
  system.vod.faults.add({ kind: 'delayCallback', delay: 3_000, times: 1 })
  const outcome = await run('ComposeMedia', await requests.ComposeMedia(), { delays: { listings: [100] } })
  expect(outcome).toMatchObject({ status: 'succeeded', endedBy: 'push', attempts: [{ recovered: true }] })
})

it.each<[SubmitAction, object, string]>([
  ['PullUpload', { MediaUrl: '' }, 'request.MediaUrl'],
  ['PullUpload', { MediaUrl: 'https://x', SourceContext: 'x'.repeat(174) }, 'request.SourceContext'],
  ['EditMedia', { InputType: 'file' }, 'request.InputType'],
  ['SplitMedia', { FileId: '528', Segments: [] }, 'request.Segments'],
  ['ComposeMedia', { Tracks: [], Output: { FileName: 'x' } }, 'request.Tracks'],
  ['ReviewAudioVideo', {}, 'request.FileId'],
  ['ProcessMedia', { FileId: '528', SessionId: 'mine' }, 'request.SessionId'],
])('%s refuses %j before anything is sent, and names the field', async (action, request, field) => {
  const calls = system.vod.books().calls.length
  const error = await run(action, request).catch((error) => error)
  expect(String(error.cause?.message)).toContain(field)
  expect(
    system.vod
      .books()
      .calls.slice(calls)
      .filter((call) => call.action === action),
  ).toEqual([])
})
