import { defaultPayloadConverter } from '@temporalio/common'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { resetToStart } from '../../src/client/reset.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 50 })
})
afterAll(() => system.close())
afterEach(() => system.vod.faults.clear())

const clips = (count: number) => Promise.all(Array.from({ length: count }, () => system.media()))
const tasksEach = (FileIds: readonly string[]) => FileIds.map((FileId) => system.tasksOf(FileId).length)

async function start(FileIds: readonly string[]): Promise<string> {
  const workflowId = `batch-${Math.random().toString(36).slice(2)}`
  const request = { source: { FileIds }, ProcedureName: 'one', window: 3, skipDone: false }
  await system.vodflow.batches.start(request, { workflowId })
  return workflowId
}

const handleOf = (workflowId: string) => system.vodflow.client.workflow.getHandle(workflowId)

/** Fails the next pending activity of a name, as `temporal activity fail` does. */
async function failByHand(
  workflowId: string,
  name: string,
  type?: string,
  ...details: readonly object[]
): Promise<void> {
  const payloads = details.map((detail) => defaultPayloadConverter.toPayload(detail))
  const { client } = system.vodflow
  for (;;) {
    const { raw } = await handleOf(workflowId).describe()
    const pending = raw.pendingActivities?.find(({ activityType }) => activityType?.name === name)
    const failed = await client.workflowService
      .respondActivityTaskFailedById({
        namespace: 'default',
        workflowId,
        activityId: pending?.activityId ?? '',
        failure: {
          message: 'a mistake.',
          source: 'CLI',
          applicationFailureInfo: { nonRetryable: true, type: type ?? '', details: { payloads } },
        },
      })
      .then(
        () => true,
        () => false,
      )
    if (failed) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Answers the reads of startRuns so slowly that somebody can fail it. */
const slowly = (times: number, delay = 3_000) =>
  system.vod.faults.add({ kind: 'slow', action: 'DescribeMediaInfos', delay, times })

it.each(['InvalidInput', undefined])(
  'an activity that somebody fails once (%s) is called again, and no item is lost',
  async (type) => {
    const FileIds = await clips(6)
    slowly(1)
    const workflowId = await start(FileIds)
    await failByHand(workflowId, 'startRuns', type)
    expect(await handleOf(workflowId).result()).toMatchObject({ counts: { started: 6, tasks: 6 } })
    expect(tasksEach(FileIds)).toEqual([1, 1, 1, 1, 1, 1])
  },
)

it('one that somebody fails again and again ends the batch: it says what was started, and a reset starts no item twice', async () => {
  const FileIds = await clips(6)
  slowly(1, 1)
  slowly(3)
  const workflowId = await start(FileIds)
  await expect.poll(() => tasksEach(FileIds).filter((count) => count > 0).length).toBe(3)
  for (let call = 0; call < 3; call++) await failByHand(workflowId, 'startRuns', 'InvalidInput')
  const words =
    /startRuns failed: a mistake\. At least 3 of 6 items were started, and their runs continue; temporal workflow reset --type FirstWorkflowTask resumes the batch and starts no item twice/
  await expect(handleOf(workflowId).result()).rejects.toMatchObject({
    cause: { type: 'BatchFailed', message: expect.stringMatching(words), details: [{ started: 3, read: 6 }] },
  })
  const batch = await system.vodflow.batches.attach(workflowId)
  await expect(batch.result()).rejects.toThrow(words)
  await resetToStart(system.vodflow.client, await handleOf(workflowId).describe(), 'go on')
  expect(await handleOf(workflowId).result()).toMatchObject({ counts: { started: 6, tasks: 6 } })
  expect(tasksEach(FileIds)).toEqual([1, 1, 1, 1, 1, 1])
})

it('a refused input ends it at once: it says to start again, because a reset would be refused too', async () => {
  const FileIds = await clips(6)
  slowly(1, 1)
  slowly(1)
  const workflowId = await start(FileIds)
  await expect.poll(() => tasksEach(FileIds).filter((count) => count > 0).length).toBe(3)
  const problem = { field: 'source.file', problem: 'has changed', remedy: 'pass another file' }
  await failByHand(workflowId, 'startRuns', 'InvalidInput', problem)
  const words =
    /At least 3 of 6 items were started, and their runs continue; when they have ended, start a batch with the right input/
  await expect(handleOf(workflowId).result()).rejects.toMatchObject({
    cause: { type: 'InvalidInput', message: expect.stringMatching(words), details: [problem] },
  })
  const error = await (await system.vodflow.batches.attach(workflowId)).result().catch((reason) => reason)
  expect(error.message).toMatch(
    /source\.file: has changed\. Pass another file\. .*start a batch under a new id/,
  )
  expect(error.message).not.toMatch(/[Rr]eset/)
})
