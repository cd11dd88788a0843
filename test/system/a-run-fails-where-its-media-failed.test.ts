import { WorkflowFailedError } from '@temporalio/client'
import type { ApplicationFailure } from '@temporalio/common'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RunHandle } from '../../src/client/run.js'
import type { TaskReading } from '../../src/contract/outcome.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

const count = 150
const many = {
  Name: 'many',
  MediaProcessTask: { TranscodeTaskSet: Array.from({ length: count }, () => ({ Definition: 100010 })) },
}
const three = {
  Name: 'three',
  MediaProcessTask: {
    TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }, { Definition: 100030 }],
  },
}

let system: System
let theirs: Theirs
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100, reviewTime: 60_000 })
  theirs = await startTheirs(system, 'loud')
  for (const template of [three, many]) await system.vodClient.call('CreateProcedureTemplate', template)
})
afterEach(() => system.vod.faults.clear())
afterAll(async () => {
  await theirs?.close()
  await system?.close()
})

/** Fails this many transcodes. */
const failing = (times: number) =>
  system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError', times })
const process = async (ProcedureName: string, options = {}) =>
  system.vodflow.process({ FileId: await system.media(), ProcedureName }, options)
const statusOf = async ({ workflowId }: Pick<RunHandle, 'workflowId'>) =>
  (await system.vodflow.client.workflow.getHandle(workflowId).describe()).status.name
const failedParts = ({ parts }: TaskReading) => parts.filter(({ status }) => status === 'failed')
const failureOf = async (workflowId: string) => {
  const error = await system.vodflow.client.workflow
    .getHandle(workflowId)
    .result()
    .catch((failed: unknown) => failed)
  expect(error).toBeInstanceOf(WorkflowFailedError)
  return (error as WorkflowFailedError).cause as ApplicationFailure
}

describe('a run by name', () => {
  it.each([
    [1, 'one', 'failed', 'MediaFailed'],
    [2, 'three', 'partial', 'MediaPartial'],
  ] as const)(
    'of which %s of %s fail has failed in Temporal, and its result is the outcome: %s',
    async (times, ProcedureName, status, type) => {
      failing(times)
      const run = await process(ProcedureName)
      const outcome = await run.result()
      expect(outcome.status).toBe(status)
      expect(outcome.tasks.flatMap(failedParts)).toHaveLength(times)
      expect(await statusOf(run)).toBe('FAILED')
      const failure = await failureOf(run.workflowId)
      expect(failure).toMatchObject({ type, nonRetryable: true, details: [outcome] })
      expect(failure.message).toBe(
        `ProcessMediaByProcedure of ${outcome.FileId} ended ${status}: ${outcome.reason}`,
      )
    },
  )

  it.each([
    { onPartial: 'accept' },
    { onFailure: 'return' },
    { onFailure: 'return', onPartial: 'fail' },
  ] as const)('that takes what is partial completes: %s', async (options) => {
    failing(1)
    const run = await process('three', options)
    expect(await run.result()).toMatchObject({ status: 'partial' })
    expect(await statusOf(run)).toBe('COMPLETED')
  })

  it('that takes what is partial still fails when all fails', async () => {
    failing(3)
    const run = await process('three', { onPartial: 'accept' })
    expect(await run.result()).toMatchObject({ status: 'failed' })
    expect(await statusOf(run)).toBe('FAILED')
  })

  it('that was detached has failed: its media are not there', async () => {
    const run = await process('two')
    await run.detach()
    expect(await run.result()).toMatchObject({ status: 'detached' })
    expect(await failureOf(run.workflowId)).toMatchObject({ type: 'MediaDetached' })
  })

  it('is what a second process attaches to, and nothing is paid again', async () => {
    failing(1)
    const FileId = await system.media()
    const first = await system.vodflow.process({ FileId, ProcedureName: 'one' })
    const outcome = await first.result()
    const second = await system.vodflow.process({ FileId, ProcedureName: 'one' })
    expect(second.attached).toBe(true)
    expect(await second.result()).toEqual(outcome)
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('with a large outcome fails within 16 KiB, and its result is the whole outcome', async () => {
    failing(1)
    const run = await process('many')
    const outcome = await run.result()
    expect(outcome.truncated).toBeUndefined()
    expect(outcome.tasks[0]?.parts).toHaveLength(count)
    expect(outcome.status).toBe('partial')
    expect(outcome.tasks.flatMap(failedParts)).toHaveLength(1)
    const { details } = await failureOf(run.workflowId)
    expect(JSON.stringify(details).length).toBeLessThanOrEqual(16 * 1024)
    expect(details).toMatchObject([{ status: 'partial', truncated: true, reason: outcome.reason }])
  })
})

describe('a workflow of a user', () => {
  const input = async (ProcedureName = 'one') => ({
    request: { FileId: await system.media(), ProcedureName },
  })

  it('goes on after media that succeeded', async () => {
    expect(await theirs.run('publish', await input())).toBe('published')
  })

  it('goes no further than media that failed, and says which', async () => {
    failing(1)
    const { request } = await input()
    const workflowId = await theirs.start('publish', { request })
    const run = await system.vodflow.attach(workflowId)
    await expect(run.result()).rejects.toMatchObject({
      name: 'RunMediaError',
      outcome: { status: 'failed', FileId: request.FileId },
      message: expect.stringContaining(`ProcessMediaByProcedure of ${request.FileId} ended failed`),
    })
    expect(await statusOf(run)).toBe('FAILED')
  })

  it('that takes over a task fails where that has failed', async () => {
    failing(1)
    const { TaskId } = await system.vodClient.call('ProcessMediaByProcedure', (await input()).request)
    await expect(theirs.run('takeOver', TaskId)).rejects.toMatchObject({ cause: { type: 'MediaFailed' } })
  })

  it('may take any outcome as a value', async () => {
    failing(1)
    expect(await theirs.run('judge', await input())).toBe('failed')
  })

  it('names the tasks that go on when it fails beside them', async () => {
    failing(2)
    const quick = await input()
    const slow = await input('two')
    const workflowId = await theirs.start('publishAll', [quick, slow])
    const { message } = await failureOf(workflowId)
    const going = system.tasksOf(slow.request.FileId).find(({ TaskType }) => TaskType === 'ReviewAudioVideo')
    expect(message).toContain(`ProcessMediaByProcedure of ${quick.request.FileId} ended failed`)
    expect(message).toContain('Steps that were still open, whose tasks VOD finishes and bills: ')
    expect(message).toContain(going?.TaskId)
  })
})
