import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { NamespaceNotFoundError } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDelivery, reconnectOptions } from '../../src/callbacks/index.js'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { hintSignal, type TaskHint } from '../../src/contract/hint.js'
import { signalOnce } from '../../src/temporal/signalOnce.js'
import { startForbidding } from '../support/forbidding.js'
import { address, ours, rig, TaskId } from './rig.js'

let temporal: DevServer
let connection: Connection
let client: Client

beforeAll(async () => {
  temporal = await startTemporalDevServer()
  connection = await Connection.connect({ address: temporal.address })
  client = new Client({ connection })
})

afterAll(async () => {
  await connection?.close()
  await temporal?.close()
})

const hint: TaskHint = { v: 1, SessionId: address.SessionId, TaskId, terminal: true, via: 'push' }

/** A run that no worker serves: a signal has to be kept for it. */
async function waitingRun(workflowId: string): Promise<void> {
  await client.workflow.start('nobodyRunsIt', { taskQueue: 'nobody-polls-it', workflowId })
}

async function signalsOf(workflowId: string, of: Client = client): Promise<unknown[]> {
  const { events } = await of.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? []).flatMap((event) => {
    const signal = event.workflowExecutionSignaledEventAttributes
    if (signal?.signalName !== hintSignal) return []
    const [payload] = signal.input?.payloads ?? []
    return [JSON.parse(Buffer.from(payload?.data ?? []).toString())]
  })
}

describe('a callback and a real Temporal', () => {
  it('200 means that the signal is in the history of the run, whether a worker is there or not', async () => {
    const workflowId = 'waits'
    await waitingRun(workflowId)
    const { post } = rig({ deliver: createDelivery({ client }) })
    expect(await post(ours({ address: { ...address, workflowId } }))).toBe(200)
    const { SessionId } = address
    expect(await signalsOf(workflowId)).toEqual([
      { v: 1, SessionId, TaskId, terminal: true, via: 'push', at: expect.any(Number) },
    ])
  })

  it('a run that is over or never was is no-run', async () => {
    const workflowId = 'over'
    await waitingRun(workflowId)
    await client.workflow.getHandle(workflowId).terminate()
    const deliver = createDelivery({ client })
    const { post, handler } = rig({ deliver })
    expect(await post(ours({ address: { ...address, workflowId } }))).toBe(200)
    expect(await post(ours({ address: { ...address, workflowId: 'never-was' } }))).toBe(200)
    expect(handler.counts()).toMatchObject({ noRun: 2, delivered: 0 })
    expect(deliver.counts()).toEqual({ delivered: 0, crowded: 0, noRun: 2, otherNamespace: 0 })
  })

  it('a run of the same id in another namespace is not woken, and the reason is logged and counted', async () => {
    const workflowId = 'same-id'
    await waitingRun(workflowId)
    const lines: object[] = []
    const logger = { info: () => {}, warn: (fields: object) => void lines.push(fields) }
    const deliver = createDelivery({ client, logger })
    const { post } = rig({ deliver })
    expect(await post(ours({ address: { ...address, workflowId, namespace: 'staging' } }))).toBe(200)
    expect(await signalsOf(workflowId)).toEqual([])
    expect(deliver.counts()).toEqual({ delivered: 0, crowded: 0, noRun: 1, otherNamespace: 1 })
    expect(lines).toEqual([{ workflowId, namespace: 'staging', servedNamespace: 'default' }])
  })

  it('a namespace that is gone is no run that has ended: every event is kept, also after the fourth', async () => {
    const namespace = 'renamed'
    const gone = new Client({ connection, namespace })
    const deliver = createDelivery({ client: gone })
    for (let n = 0; n < 7; n++)
      await expect(deliver({ ...address, namespace }, hint)).rejects.toThrow(NamespaceNotFoundError)
    const once = { workflowId: 'waits', requestId: 'r', hint }
    await expect(signalOnce(gone, once)).rejects.toThrow(NamespaceNotFoundError)
    expect(deliver.counts()).toMatchObject({ noRun: 0, delivered: 0 })
  })

  it('a run whose history the service may not read gets its signals, and one line says which right is missing', async () => {
    const workflowId = 'hidden'
    await waitingRun(workflowId)
    const gate = await startForbidding(temporal.address, 'DescribeWorkflowExecution')
    const its = await Connection.connect({ address: gate.address })
    try {
      const lines: string[] = []
      const logger = { info: () => {}, warn: (_: object, line: string) => void lines.push(line) }
      const deliver = createDelivery({ client: new Client({ connection: its }), logger })
      for (let n = 0; n < 60; n++)
        expect(await deliver({ ...address, workflowId }, { ...hint, TaskId: `task-${n}` })).toBe('delivered')
      expect(await signalsOf(workflowId)).toHaveLength(60)
      expect(lines).toEqual(['Temporal denies DescribeWorkflowExecution; grant it to the callback service'])
    } finally {
      await its.close()
      gate.close()
    }
  })

  it('a Temporal that comes back while the request is held gets the signal', {
    timeout: 180_000,
  }, async () => {
    const workflowId = 'through-an-outage'
    const folder = await mkdtemp(join(tmpdir(), 'vodflow-outage-'))
    const dbFilename = join(folder, 'temporal.db')
    const before = await startTemporalDevServer({ dbFilename })
    const port = Number(before.address.split(':')[1])
    const its = await Connection.connect({ address: before.address, channelArgs: reconnectOptions })
    const itsClient = new Client({ connection: its })
    await itsClient.workflow.start('nobodyRunsIt', { taskQueue: 'nobody-polls-it', workflowId })
    await before.close()
    let after: DevServer | undefined
    try {
      const deliver = createDelivery({ client: itsClient })
      const { post, hints, handler } = rig({ deliver, limits: { holdTimeout: 25_000 } })
      const answer = post(ours({ address: { ...address, workflowId } }))
      await expect.poll(() => hints.length).toBeGreaterThan(1)
      after = await startTemporalDevServer({ dbFilename, port })
      expect(await answer).toBe(200)
      expect(handler.counts()).toMatchObject({ delivered: 1, unavailable: 0 })
      expect(await signalsOf(workflowId, itsClient)).toMatchObject([{ TaskId, terminal: true, via: 'push' }])
    } finally {
      await its.close()
      await after?.close()
      await rm(folder, { recursive: true })
    }
  })

  it('a Temporal that is gone is no reason to wait forever', async () => {
    const lazy = Connection.lazy({ address: '127.0.0.1:1' })
    const deliver = createDelivery({ client: new Client({ connection: lazy }) })
    const failed = deliver(address, { v: 1, SessionId: 's', TaskId, terminal: true }).then(
      () => 'delivered',
      () => 'failed',
    )
    expect(await Promise.race([failed, sleep(4_000, 'still waiting')])).toBe('failed')
    await lazy.close()
  })
})
