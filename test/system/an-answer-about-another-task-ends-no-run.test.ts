import { pid } from 'node:process'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Outcome } from '../../src/client/index.js'
import { account, startAlteredWorker } from '../support/alteredWorker.js'
import type { RunningWorker } from '../support/runningWorker.js'
import { type System, startSystem } from '../support/system.js'

type Json = Record<string, unknown>

let system: System
let worker: RunningWorker
/** The task whose detail VOD answers with, in place of this one. */
let instead: (TaskId: string) => string
let emptySession: boolean
/** The file that VOD's details name, in place of their own. */
let otherFile: string | undefined
/** What else is between vodflow and VOD. */
let change: (detail: Json) => Json
/** The task of another film, which passed its moderation. */
let other: string
let runs = 0

beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100, reviewTime: 100 })
  const { vodClient } = system
  worker = await startAlteredWorker(system, async (action, request) => {
    if (action !== 'DescribeTaskDetail') return vodClient.send(action, request)
    const asked = String(request.TaskId)
    const about = instead(asked)
    const detail = change(await vodClient.send(action, { ...request, TaskId: about }))
    if (otherFile !== undefined) return aboutFile(detail, otherFile)
    return about === asked || !emptySession ? detail : withoutSession(detail)
  })
  const { TaskId } = await vodClient.call('ReviewAudioVideo', { FileId: await system.media('good') })
  other = TaskId
  await vi.waitFor(() => expect(taskOf(other)?.Status).toBe('FINISH'), 10_000)
})
beforeEach(() => {
  instead = (TaskId) => TaskId
  emptySession = false
  otherFile = undefined
  change = (detail) => detail
})
afterAll(async () => {
  await worker?.close()
  await system?.close()
})

const taskOf = (TaskId: string) => system.vod.books().tasks.find((task) => task.TaskId === TaskId)

function withoutSession(detail: Json): Json {
  const entries = Object.entries(detail).map(([name, task]) => [
    name,
    typeof task === 'object' && task !== null ? { ...task, SessionId: '' } : task,
  ])
  return Object.fromEntries(entries)
}

function aboutFile(detail: Json, FileId: string): Json {
  const { Input, ...task } = Object(detail.ReviewAudioVideoTask)
  return { ...detail, ReviewAudioVideoTask: { ...task, Input: { ...Input, FileId } } }
}

/** The same detail, with other members of its task. */
function changed(detail: Json, member: string, members: Json): Json {
  const task = detail[member]
  return task === null || task === undefined ? detail : { ...detail, [member]: { ...task, ...members } }
}

const delays = { lag: [50], polls: [50], looks: ['1 second'], crowded: ['1 second'] }

function run(step: string, input: object): Promise<Outcome> {
  return system.vodflow.client.workflow.execute(step, {
    workflowId: `other-${pid}-${runs++}`,
    taskQueue: 'vodflow',
    args: [{ account, delays, onFailure: 'return', ...input }],
  })
}

const review = async () => ({
  request: { FileId: await system.media('block'), ReviewContents: ['Media'] },
  callbacks: false,
})

it('a step without this answer takes its own verdict', async () => {
  expect(await run('reviewAudioVideo', await review())).toMatchObject({
    status: 'succeeded',
    moderation: { Suggestion: 'block' },
  })
})

it('a step whose answers have an empty SessionId is unknown', async () => {
  instead = () => other
  emptySession = true
  const outcome = await run('reviewAudioVideo', await review())
  expect(outcome).toMatchObject({ status: 'unknown' })
  expect(outcome.moderation?.Suggestion).not.toBe('pass')
})

it('a step whose answers name another file is unknown', async () => {
  otherFile = await system.media('good')
  const request = { FileId: await system.media('good'), ReviewContents: ['Media'] }
  const outcome = await run('reviewAudioVideo', { request, callbacks: false })
  expect(outcome).toMatchObject({ status: 'unknown' })
  expect(outcome.moderation?.Suggestion).not.toBe('pass')
})

it('an adopted task is unknown', async () => {
  const { TaskId } = await system.vodClient.call('ReviewAudioVideo', { FileId: await system.media('block') })
  instead = (asked) => (asked === TaskId ? other : asked)
  const outcome = await run('adoptTask', { TaskId })
  expect(outcome).toMatchObject({ status: 'unknown' })
  expect(outcome.moderation?.Suggestion).not.toBe('pass')
})

it('a task answered with its sibling is unknown', async () => {
  const FileId = await system.media('block')
  const reviewed = () => system.tasksOf(FileId).find(({ TaskType }) => TaskType === 'ReviewAudioVideo')
  const flow = () => system.tasksOf(FileId).find(({ TaskType }) => TaskType === 'Procedure')
  instead = (asked) => (asked === reviewed()?.TaskId ? (flow()?.TaskId ?? asked) : asked)
  const request = { FileId, ProcedureName: 'two' }
  const outcome = await run('processMediaByProcedure', { request, callbacks: false })
  expect(outcome.status, outcome.reason).toBe('unknown')
})

it('a task flow that a task has started is unknown', async () => {
  const reviewed = new Set<string>()
  instead = (asked) => {
    const task = taskOf(asked)
    if (task?.TaskType !== 'ReviewAudioVideo' || asked === other) return asked
    reviewed.add(asked)
    return other
  }
  const MediaUrl = `${system.vod.endpoint}/${await system.media('block')}.mp4`
  const request = { MediaUrl, MediaName: 'block', Procedure: 'two' }
  const outcome = await run('pullUpload', { request, callbacks: false })
  expect(reviewed.size).toBe(1)
  expect(outcome.status, outcome.reason).toBe('unknown')
  expect(outcome.moderation?.Suggestion).not.toBe('pass')
})

describe('a detail of a task that starts task flows', () => {
  const pull = async (callbacks: boolean) => {
    const MediaUrl = `${system.vod.endpoint}/${await system.media('good')}.mp4`
    const request = { MediaUrl, MediaName: 'good', Procedure: 'two' }
    return run('pullUpload', { request, callbacks, delays: { ...delays, looks: ['1 hour'] } })
  }

  it.each([true, false])(
    'that names another film as the new one is not believed; callbacks: %s',
    async (callbacks) => {
      const FileId = await system.media('block')
      change = (detail) => changed(detail, 'PullUploadTask', { FileId })
      const outcome = await pull(callbacks)
      expect(outcome).toMatchObject({ status: 'unknown', newFileIds: [] })
      expect(outcome.reason).toContain('names another new media file than the detail of its task flow')
      expect(outcome.FileId).not.toBe(FileId)
      expect(outcome).not.toHaveProperty('moderation')
    },
  )

  it('that does so once is read again', async () => {
    const FileId = await system.media('block')
    let times = 0
    change = (detail) =>
      detail.PullUploadTask && times++ === 0 ? changed(detail, 'PullUploadTask', { FileId }) : detail
    const outcome = await pull(true)
    expect(outcome, outcome.reason).toMatchObject({ status: 'succeeded', moderation: { Suggestion: 'pass' } })
    expect(outcome.FileId).not.toBe(FileId)
  })

  it('that once names the review of another film is read again, and the true review is waited for', async () => {
    let times = 0
    change = (detail) =>
      detail.PullUploadTask && times++ === 0
        ? changed(detail, 'PullUploadTask', { ReviewAudioVideoTaskId: other })
        : detail
    const outcome = await pull(true)
    expect(outcome, outcome.reason).toMatchObject({ status: 'succeeded', moderation: { Suggestion: 'pass' } })
    expect(outcome.ReviewAudioVideoTaskId).not.toBe(other)
  })

  it('that always names the review of another film is not believed', async () => {
    change = (detail) => changed(detail, 'PullUploadTask', { ReviewAudioVideoTaskId: other })
    const outcome = await pull(true)
    expect(outcome.status, outcome.reason).toBe('unknown')
    expect(outcome).not.toHaveProperty('moderation')
  })

  it('that swaps the films of two segments is not believed', async () => {
    change = (detail) => {
      const [first, second] = Object(detail.SplitMediaTask).FileInfoSet ?? []
      if (!second) return detail
      const FileInfoSet = [
        { ...first, Output: second.Output },
        { ...second, Output: first.Output },
      ]
      return changed(detail, 'SplitMediaTask', { FileInfoSet })
    }
    const Segments = [0, 1].map((start) => ({
      StartTimeOffset: start,
      EndTimeOffset: start + 1,
      ProcedureName: 'one',
    }))
    const request = { FileId: await system.media('good'), Segments }
    const outcome = await run('splitMedia', { request, callbacks: false })
    expect(outcome).toMatchObject({ status: 'unknown', newFileIds: [] })
  })
})
