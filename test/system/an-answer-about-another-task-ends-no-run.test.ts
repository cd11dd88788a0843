import { pid } from 'node:process'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
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
    const detail = await vodClient.send(action, { ...request, TaskId: about })
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

const delays = { lag: [50], polls: [50], looks: ['1 second'] }

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
