import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sweepTasks } from '../../src/activities/sweepTasks.js'
import { VodError } from '../../src/contract/errors.js'
import { sweepIdOf, sweepType } from '../../src/contract/sweep.js'
import { createVodClient } from '../../src/vod/client.js'
import { type System, startSystem, transcodeOnly } from '../support/system.js'

const SubAppId = 1500000002
const waitUntil = { timeout: 60_000, interval: 50 }

describe('the sweep', () => {
  let system: System

  beforeAll(async () => {
    const times = { interval: 200, gracePeriod: 100, windowOverlap: 2_000 }
    system = await startSystem({ media: 'instant' }, times)
    system.vod.faults.add({ kind: 'dropCallback' })
  })
  afterAll(() => system?.close())

  const signals = async (workflowId: string) => {
    const { events } = await system.vodflow.client.workflow.getHandle(workflowId).fetchHistory()
    return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length
  }

  it('ends every run whose callbacks are lost, with one hint for each task', async () => {
    const runs = await Promise.all(
      Array.from({ length: 5 }, async () =>
        system.vodflow.process({ ProcedureName: 'two', FileId: await system.media() }),
      ),
    )
    for (const run of runs) {
      expect(await run.result()).toMatchObject({ status: 'succeeded', endedBy: 'sweep' })
      expect(await signals(run.workflowId)).toBe(2)
    }
  })

  it('finds tasks that show no FinishTime in the whole list', async () => {
    system.vod.switches.reviewWithoutFinishTime = true
    await system.vodflow.client.workflow.getHandle(sweepIdOf({ account: 'default' })).terminate()
    const whole = {
      account: 'default',
      times: { interval: 200, gracePeriod: 100, windowOverlap: 0, fullScanInterval: 500 },
    }
    await system.vodflow.client.workflow.start(sweepType, {
      workflowId: sweepIdOf(whole),
      taskQueue: 'vodflow',
      args: [whole],
    })
    const run = await system.vodflow.process({ ProcedureName: 'two', FileId: await system.media() })
    expect(await run.result()).toMatchObject({ status: 'succeeded', endedBy: 'sweep' })
    system.vod.switches.reviewWithoutFinishTime = false
  })

  it('reads a window of several pages anew when a page of it fails', async () => {
    const FileId = await system.media()
    const { VODFLOW_VOD_ENDPOINT: endpoint = '', ...env } = system.environment
    const secretId = env.TENCENTCLOUD_SECRET_ID ?? ''
    const credentials = { secretId, secretKey: env.TENCENTCLOUD_SECRET_KEY ?? '' }
    // VOD takes 100 in a second, whichever: so many at the end of one, and as many at the beginning of the next.
    const vod = createVodClient({ endpoint, credentials, callsPerSecond: 45 })
    for (let task = 0; task < 120; task++)
      await vod.call('ProcessMediaByProcedure', {
        FileId,
        ProcedureName: 'one',
        SessionContext: 'foreign',
      })
    const refused = { kind: 'error', action: 'DescribeTasks', code: 'InvalidParameterValue' } as const
    system.vod.faults.add({ ...refused, probability: 0.5, times: 4 })
    const failed = () =>
      system.vod.books().calls.filter(({ action, code }) => action === 'DescribeTasks' && code !== '').length
    await expect.poll(failed).toBeGreaterThan(0)
    const run = await system.vodflow.process({ ProcedureName: 'one', FileId: await system.media() })
    expect(await run.result()).toMatchObject({ status: 'succeeded', endedBy: 'sweep' })
    expect(await signals(run.workflowId)).toBe(1)
  })

  const ids = async () => {
    const found: string[] = []
    for await (const { workflowId } of system.vodflow.client.workflow.list({
      query: `WorkflowType = "${sweepType}"`,
    }))
      found.push(workflowId)
    return [...new Set(found)].sort()
  }

  it('has a sweep for each sub-app', async () => {
    const file = join(tmpdir(), `vodflow-sweep-${process.pid}.mp4`)
    await writeFile(file, '')
    const { FileId } = await system.vod.upload(file, { SubAppId })
    await system.vodClient.call('CreateProcedureTemplate', { ...transcodeOnly, SubAppId })
    const run = await system.vodflow.process({ ProcedureName: 'one', FileId, SubAppId })
    expect(await run.result()).toMatchObject({ status: 'succeeded', endedBy: 'sweep' })
    await vi.waitFor(
      async () =>
        expect(await ids()).toEqual([
          sweepIdOf({ account: 'default', SubAppId }),
          sweepIdOf({ account: 'default' }),
        ]),
      waitUntil,
    )
  })

  const refusals = [
    ['InvalidParameterValue.SubAppId', 1_500_000_011],
    ['FailedOperation.InvalidVodUser', 1_500_000_012],
    ['UnauthorizedOperation', 1_500_000_013],
    ['AuthFailure.SecretIdNotFound', 1_500_000_014],
    ['InvalidParameterValue.FileId', 1_500_000_015],
  ] as const

  it.each(refusals)('has none for a sub-app that VOD refuses with %s', async (code, wrong) => {
    const before = await ids()
    system.vod.faults.clear()
    for (const action of ['ProcessMediaByProcedure', 'DescribeTaskDetail'])
      system.vod.faults.add({ kind: 'error', action, code })
    const FileId = await system.media()
    const refused = await system.vodflow.process({ ProcedureName: 'two', FileId, SubAppId: wrong })
    await expect(refused.result()).rejects.toThrow(code)
    const delays = { polls: [20], lag: [20], looks: [20], overdue: 400, giveUp: 500 }
    const adopted = await system.vodflow.adopt({ TaskId: `nowhere-${wrong}`, SubAppId: wrong }, { delays })
    await adopted.result()
    // A later sweep is listed after an earlier one: where this one is seen, the refused one would be.
    const right = 1_500_000_100 + (wrong % 100)
    await system.vodflow.client.workflow.start(sweepType, {
      workflowId: sweepIdOf({ account: 'default', SubAppId: right }),
      taskQueue: 'vodflow',
      args: [{ account: 'default', SubAppId: right }],
    })
    const expected = [...before, sweepIdOf({ account: 'default', SubAppId: right })].sort()
    await vi.waitFor(async () => expect(await ids()).toEqual(expected), waitUntil)
  })

  it.each([1, 1_400_000_000, 2 ** 31, 1_500_000_003])(
    'none is begun for a mistyped SubAppId: %d',
    async (typo) => {
      const { workflow } = system.vodflow.client
      const request = { FileId: await system.media(), ProcedureName: 'one', SubAppId: typo }
      const start = (type: string, input: object) =>
        workflow.start(type, { workflowId: `typo-${type}-${typo}`, taskQueue: 'vodflow', args: [input] })
      const delays = { refusals: [1], polls: [1], lag: [1] }
      const asked = () => system.vod.books().calls.length
      const before = asked()
      const runs = await Promise.all([
        start('processMediaByProcedure', { request, delays }),
        start('processMedia', { request: { FileId: '1', MediaProcessTask: {}, SubAppId: typo }, delays }),
        start('adoptTask', { TaskId: 'a-task', SubAppId: typo, delays }),
        start('processUpload', { FileId: '1', SubAppId: typo, work: { ProcedureName: 'one' } }),
        start('processBatch', { source: { FileIds: ['1'] }, ProcedureName: 'one', SubAppId: typo }),
      ])
      await expect.poll(asked, waitUntil).toBeGreaterThanOrEqual(before + runs.length)
      await Promise.all(runs.map((run) => run.terminate().catch(() => {})))
      const sweep = workflow.getHandle(sweepIdOf({ account: 'default', SubAppId: typo }))
      await expect(sweep.describe()).rejects.toThrow(/not found/)
    },
  )

  it('ends once VOD has refused it for 72 hours, not before', async () => {
    const client = {
      call: () =>
        Promise.reject(
          new VodError({ action: 'DescribeTasks', code: 'InvalidParameterValue.SubAppId', problem: 'no' }),
        ),
    }
    const activity = sweepTasks({
      clientFor: () => client as never,
      macKeys: system.macKeys,
      allow: [],
      keepSwept: () => {},
    })
    const refusedFor = (hours: number) =>
      new MockActivityEnvironment({
        scheduledTimestampMs: Date.now() - hours * 3_600_000,
        currentAttemptScheduledTimestampMs: Date.now(),
      })
        .run(activity, { account: 'default', gracePeriod: 0 })
        .catch((error) => error)
    expect(await refusedFor(71)).toMatchObject({ nonRetryable: false })
    expect(await refusedFor(73)).toMatchObject({ nonRetryable: true })
  })
})

it('the sweep ends a run whose task only a search has shown', async () => {
  const times = { interval: 200, gracePeriod: 100, windowOverlap: 2_000 }
  const slow = await startSystem({ media: 'instant', taskTime: 4_000 }, times)
  try {
    const action = 'ProcessMediaByProcedure'
    slow.vod.faults.add({ kind: 'dropCallback' })
    slow.vod.faults.add({ kind: 'slow', action, delay: 500, times: 2 })
    slow.vod.faults.add({ kind: 'loseReply', action, times: 1 })
    const FileId = await slow.media()
    const delays = { listings: [100], looks: [60_000] }
    const run = await slow.vodflow.process({ ProcedureName: 'one', FileId }, { delays })
    await expect.poll(() => slow.tasksOf(FileId).length, waitUntil).toBe(1)
    // The second send is still on its way.
    slow.vod.faults.add({ kind: 'error', action, code: 'UnsupportedOperation', times: 1 })
    expect(await run.result()).toMatchObject({ status: 'succeeded', endedBy: 'sweep' })
  } finally {
    await slow.close()
  }
})
