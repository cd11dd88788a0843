import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createVodClient } from '../../src/vod/client.js'
import { sweepIdOf, sweepType } from '../../src/vod/sweep.js'
import { type System, startSystem } from '../support/system.js'

const SubAppId = 1500000002
const waitUntil = { timeout: 20_000, interval: 50 }

describe('the sweep', () => {
  let system: System

  beforeAll(async () => {
    const times = { interval: 200, settle: 100, overlap: 2_000 }
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
    const whole = { account: 'default', times: { interval: 200, settle: 100, overlap: 0, whole: 500 } }
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
    const vod = createVodClient({ endpoint, credentials, callsPerSecond: 80 })
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

  it('has a sweep for each sub-app', async () => {
    const ids = async () => {
      const found: string[] = []
      for await (const { workflowId } of system.vodflow.client.workflow.list({
        query: `WorkflowType = "${sweepType}" AND ExecutionStatus = "Running"`,
      }))
        found.push(workflowId)
      return found.sort()
    }
    const run = await system.vodflow.process({ ProcedureName: 'two', FileId: 'of-another-app', SubAppId })
    await expect(run.result()).rejects.toThrow('FileId')
    await vi.waitFor(
      async () =>
        expect(await ids()).toEqual([
          sweepIdOf({ account: 'default', SubAppId }),
          sweepIdOf({ account: 'default' }),
        ]),
      waitUntil,
    )
  })
})
