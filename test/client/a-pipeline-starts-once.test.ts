import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  connect,
  InvalidInputError,
  NoWorkerError,
  payloadEncryption,
  RequestMismatchError,
  UnreadableError,
} from '../../src/client/index.js'
import type * as once from '../support/once.js'
import { bundleOf } from '../support/workflowCode.js'
import { openRig, type Rig } from './rig.js'

const taskQueue = 'pipelines'
const cut: once.Cut = { title: 'pilot' }
const keys = `k1:${'ab'.repeat(32)}`

let rig: Rig
let stop: () => Promise<void>
beforeAll(async () => {
  rig = await openRig()
  const worker = await Worker.create({
    connection: rig.connection,
    taskQueue,
    workflowBundle: await bundleOf(fileURLToPath(new URL('../support/once.ts', import.meta.url))),
  })
  const running = worker.run()
  stop = async () => {
    worker.shutdown()
    await running
  }
})
afterAll(async () => {
  await stop?.()
  await rig?.close()
})

const start = (id: string, args: Parameters<typeof once.told> = [cut]) =>
  rig.vodflow.start<typeof once.told>('told', { id, taskQueue, args })

const executionsOf = async (workflowId: string) => {
  const found: string[] = []
  const query = `WorkflowId = "${workflowId}"`
  for await (const { runId } of rig.vodflow.client.workflow.list({ query })) found.push(runId)
  return found
}

describe('start', () => {
  it('starts a workflow of a user, and returns its own result', async () => {
    const run = await start('fresh')
    expect(run).toMatchObject({ workflowId: 'fresh', type: 'told', attached: false })
    const result: string = await run.result()
    expect(result).toBe('pilot/1')
  })

  it('needs no arguments where the workflow has none', async () => {
    const run = await rig.vodflow.start<typeof once.noArguments>('noArguments', { id: 'bare', taskQueue })
    const result: number = await run.result()
    expect(result).toBe(7)
    const second = await rig.vodflow.start('noArguments', { id: 'bare', taskQueue, args: [] })
    expect(second.attached).toBe(true)
  })

  it('makes one run of many starts at once', async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => start('at-once')))
    expect(runs.filter(({ attached }) => !attached)).toHaveLength(1)
    expect(new Set(runs.map(({ chain }) => chain)).size).toBe(1)
    expect(await Promise.all(runs.map((run) => run.result()))).toEqual(Array(10).fill('pilot/1'))
  })

  it('returns the same run after its end', async () => {
    const first = await start('ended')
    await first.result()
    const second = await start('ended')
    expect(second).toMatchObject({ attached: true, chain: first.chain })
    expect(await second.result()).toBe('pilot/1')
    await expect.poll(() => executionsOf('ended')).toEqual([first.chain])
  })

  it('takes members in any order, and absent ones, for the same arguments', async () => {
    await start('same', [{ title: 'pilot', length: 3 }])
    expect(await start('same', [{ length: 3, title: 'pilot' }])).toMatchObject({ attached: true })
    await start('absent')
    const spelledOut = [{ title: 'pilot', length: undefined }, undefined] as unknown as [once.Cut]
    expect(await start('absent', spelledOut)).toMatchObject({ attached: true })
  })

  it('refuses other arguments, and names what differs', async () => {
    await start('differs')
    const other = start('differs', [{ title: 'final', length: 2 }, 2])
    await expect(other).rejects.toThrow(RequestMismatchError)
    await expect(other).rejects.toMatchObject({
      workflowId: 'differs',
      differences: [
        { field: 'args[0].length', was: 'not set', is: '2' },
        { field: 'args[0].title', was: '"pilot"', is: '"final"' },
        { field: 'args[1]', was: 'not set', is: '2' },
      ],
    })
    await expect(other).rejects.toThrow(/attach.*another id/)
  })

  it('compares with the first arguments of a run that has continued as new', async () => {
    const count = (left: number) =>
      rig.vodflow.start<typeof once.counts>('counts', { id: 'continued', taskQueue, args: [left] })
    const first = await count(2)
    expect(await first.result()).toBe('counted')
    const latest = await rig.vodflow.client.workflow.getHandle('continued').describe()
    expect(latest).toMatchObject({ memo: { 'vodflow.args': expect.any(String) } })
    expect(latest.runId).not.toBe(first.chain)
    expect(await count(2)).toMatchObject({ attached: true, chain: first.chain })
    await expect(count(0)).rejects.toMatchObject({
      differences: [{ field: 'args[0]', was: '2', is: '0' }],
    })
  })

  it('compares with the first type of a run that has continued as new as another', async () => {
    const become = () =>
      rig.vodflow.start<typeof once.becomes>('becomes', { id: 'became', taskQueue, args: [cut] })
    expect(await (await become()).result()).toBe('pilot/1')
    expect(await become()).toMatchObject({ attached: true })
    await expect(start('became')).rejects.toMatchObject({ differences: [{ field: 'workflowType' }] })
  })

  it('knows the arguments of a run that another tool started, which has no memo', async () => {
    const options = { workflowId: 'by-hand', taskQueue, args: [cut, 1] }
    await rig.vodflow.client.workflow.start('told', options)
    expect(await start('by-hand', [cut, 1])).toMatchObject({ attached: true })
    await expect(start('by-hand', [cut, 2])).rejects.toMatchObject({
      differences: [{ field: 'args[1]', was: '1', is: '2' }],
    })
  })

  it('believes the arguments, not a memo that has the hash of others', async () => {
    const asked = await start('honest', [cut, 1])
    const { memo = {} } = await rig.vodflow.client.workflow.getHandle(asked.workflowId).describe()
    const options = { workflowId: 'lies', taskQueue, args: [cut, 2], memo }
    await rig.vodflow.client.workflow.start('told', options)
    await expect(start('lies', [cut, 1])).rejects.toMatchObject({
      differences: [{ field: 'args[1]', was: '2', is: '1' }],
    })
  })

  it('believes no memo that others wrote over the arguments', async () => {
    const memo = { 'vodflow.args': { sha256: 7 } }
    await rig.vodflow.client.workflow.start('told', { workflowId: 'odd', taskQueue, args: [cut], memo })
    expect(await start('odd')).toMatchObject({ attached: true })
  })

  it('refuses a workflow of another type', async () => {
    await start('typed')
    const other = rig.vodflow.start<typeof once.stays>('stays', { id: 'typed', taskQueue, args: [cut] })
    await expect(other).rejects.toMatchObject({
      differences: [{ field: 'workflowType', was: '"told"', is: '"stays"' }],
    })
  })

  it('keeps the options of Temporal that a run needs', async () => {
    await rig.vodflow.start<typeof once.told>('told', {
      id: 'optioned',
      taskQueue,
      args: [cut],
      memo: { show: 'night' },
      staticSummary: 'the pilot',
      workflowRunTimeout: '2 days',
    })
    const shown = await rig.vodflow.client.workflow.getHandle('optioned').describe()
    expect(shown.memo).toMatchObject({ show: 'night' })
    expect(await shown.staticSummary()).toBe('the pilot')
    expect(shown.raw.executionConfig?.workflowRunTimeout?.seconds?.toString()).toBe('172800')
  })
})

describe('the data converter', () => {
  it('compares arguments that only its keys can read', async () => {
    const vodflow = await connect({ address: rig.address, dataConverter: payloadEncryption(keys) })
    const unread = { id: 'secret', taskQueue: 'idle', requireWorker: false }
    const secretly = (args: [once.Cut]) => vodflow.start<typeof once.stays>('stays', { ...unread, args })
    await secretly([cut])
    expect(await secretly([cut])).toMatchObject({ attached: true })
    await expect(secretly([{ title: 'other' }])).rejects.toMatchObject({
      differences: [{ field: 'args[0].title' }],
    })
    const keyless = rig.vodflow.start<typeof once.stays>('stays', { ...unread, args: [cut] })
    await expect(keyless).rejects.toThrow(UnreadableError)
    await vodflow.close()
  })

  it('compares what it makes of the arguments', async () => {
    const dated = (when: unknown) => start('dated', [{ title: 'x', when } as once.Cut])
    await dated(new Date(0))
    expect(await dated('1970-01-01T00:00:00.000Z')).toMatchObject({ attached: true })
  })

  it('names an argument that it cannot write', async () => {
    const big = { title: 'x', size: 1n } as unknown as once.Cut
    await expect(start('big', [big])).rejects.toThrow(InvalidInputError)
    await expect(start('big', [big])).rejects.toMatchObject({ fields: ['args[0]'] })
  })
})

describe('a start that nobody would do', () => {
  it('is refused by the name of the task queue, and starts nothing', async () => {
    const start = rig.vodflow.start<typeof once.told>('told', {
      id: 'nobody',
      taskQueue: 'idle',
      args: [cut],
    })
    await expect(start).rejects.toThrow(NoWorkerError)
    await expect(start).rejects.toMatchObject({ queues: ['idle'] })
    await expect(rig.vodflow.attach('nobody')).rejects.toThrow(/no run/)
  })

  it('returns a run that has ended, which needs none', async () => {
    const first = await start('over')
    await first.result()
    const again = rig.vodflow.start<typeof once.told>('told', { id: 'over', taskQueue: 'idle', args: [cut] })
    expect(await again).toMatchObject({ attached: true, chain: first.chain })
  })

  it('goes through when told to', async () => {
    const options = { id: 'patient', taskQueue: 'idle', args: [cut] as [once.Cut], requireWorker: false }
    expect(await rig.vodflow.start<typeof once.told>('told', options)).toMatchObject({ attached: false })
  })
})

describe('bad input', () => {
  const ids = [
    ['an empty id', ''],
    ['an id that is too long', 'x'.repeat(1_001)],
  ] as const
  it.each(ids)('refuses %s', async (_, id) => {
    await expect(start(id)).rejects.toMatchObject({ fields: ['id'] })
  })

  it('refuses a start without a task queue, or without a workflow', async () => {
    const noQueue = rig.vodflow.start<typeof once.told>('told', { id: 'x', taskQueue: '', args: [cut] })
    await expect(noQueue).rejects.toMatchObject({ fields: ['taskQueue'] })
    const anonymous = rig.vodflow.start(async () => undefined, { id: 'x', taskQueue })
    await expect(anonymous).rejects.toMatchObject({ fields: ['workflow'] })
  })

  it('takes the function of a workflow for its name', async () => {
    const told = async (given: once.Cut) => given.title
    const run = await rig.vodflow.start(told, { id: 'by-function', taskQueue, args: [cut] })
    expect(run.type).toBe('told')
  })
})
