import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VodflowPlugin } from '../../src/worker/index.js'
import {
  type Called,
  type callsInHandlers,
  checked,
  checkedAsync,
  go,
  named,
  peek,
  peekAsync,
  peekBroken,
} from '../support/handlers.js'
import { type System, startSystem } from '../support/system.js'
import { pathOf } from '../support/theirs.js'
import { bundleOf } from '../support/workflowCode.js'

let system: System
let workflowBundle: { readonly codePath: string }
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100 })
  workflowBundle = await bundleOf(pathOf('handlers'))
})
afterAll(() => system?.close())

const calls: readonly (readonly [Called, string])[] = [
  ['step', 'the step of ProcessMediaByProcedure'],
  ['adoptTask', 'adoptTask'],
  ['callVod', "callVod('DescribeMediaInfos')"],
  ['notify', 'notify'],
  ['reviewGate', 'reviewGate'],
]

const refusal = (name: string) =>
  `${name} cannot run in a query handler or an update validator. Call it in the workflow, a signal handler or an update handler.`

/** Returns the message of the error, or of its cause. */
async function refusedWith(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    (result) => new Error(`was answered: ${result}`),
    (error: Error) => error,
  )
  return error.cause instanceof Error ? error.cause.message : error.message
}

describe.each([
  ['that keeps its runs', {}],
  ['that keeps no run', { maxCachedWorkflows: 0 }],
])('on a worker %s', (kept, options) => {
  const taskQueue = `handlers ${kept}`
  let connection: NativeConnection
  let stop: () => Promise<void>

  beforeAll(async () => {
    connection = await NativeConnection.connect({ address: system.temporal.address })
    const plugins = [new VodflowPlugin({ servedElsewhere: ['default'] })]
    const worker = await Worker.create({ connection, taskQueue, workflowBundle, plugins, ...options })
    const running = worker.run()
    stop = async () => {
      worker.shutdown()
      await running
    }
  })
  afterAll(async () => {
    await stop?.()
    await connection?.close()
  })

  async function started() {
    const FileId = await system.media()
    const handle = await system.vodflow.client.workflow.start<typeof callsInHandlers>('callsInHandlers', {
      workflowId: `handlers-${Math.random()}`,
      taskQueue,
      args: [FileId],
    })
    const eventsNow = async () => (await handle.fetchHistory()).events ?? []
    // The run continues with one task, and its history can be replayed.
    const goesOn = async () => {
      await handle.signal(go)
      expect(await handle.result()).toMatchObject({ status: 'succeeded' })
      expect(system.tasksOf(FileId)).toHaveLength(1)
      const events = await eventsNow()
      expect(events.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([])
      await Worker.runReplayHistory({ workflowBundle }, { events })
    }
    return { FileId, handle, eventsNow, goesOn }
  }

  it.each(calls)('%s in a query handler fails the query, and the run continues', async (called, name) => {
    const { handle, goesOn } = await started()
    expect(await refusedWith(handle.query(peek, called))).toBe(refusal(name))
    expect(await refusedWith(handle.query(peekAsync, called))).toBe(refusal(name))
    await goesOn()
  })

  it.each(calls)(
    '%s in an update validator refuses the update, and the run continues',
    async (called, name) => {
      const { handle, eventsNow, goesOn } = await started()
      for (const update of [checked, checkedAsync])
        expect(await refusedWith(handle.executeUpdate(update, { args: [called] }))).toBe(refusal(name))
      const accepted = (await eventsNow()).filter(
        (event) => event.workflowExecutionUpdateAcceptedEventAttributes,
      )
      expect(accepted).toEqual([])
      await goesOn()
    },
  )

  it('a handler that throws, or that refuses, leaves the next handlers free to call', async () => {
    const { FileId, handle, goesOn } = await started()
    expect(await refusedWith(handle.query(peekBroken))).toBe('the query is broken')
    expect(await refusedWith(handle.query(peek, 'notify'))).toBe(refusal('notify'))
    expect(await refusedWith(handle.executeUpdate(named, { args: [''] }))).toBe('the id is empty')
    expect(await refusedWith(handle.executeUpdate(checked, { args: ['notify'] }))).toBe(refusal('notify'))
    expect(await handle.executeUpdate(checked, { args: [undefined] })).toBe(1)
    expect(await handle.executeUpdate(named, { args: [FileId] })).toBe(FileId)
    await goesOn()
  })
})
