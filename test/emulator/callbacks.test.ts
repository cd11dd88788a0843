import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EmulatorOptions } from '../../src/emulator/index.js'
import { type Receiver, startReceiver } from './receiver.js'
import { finished, type Rig, startRig } from './rig.js'

let rig: Rig
let receiver: Receiver
const open = async (options: Partial<EmulatorOptions> = {}) => {
  rig = await startRig(options)
  await rig.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: receiver.url })
  await rig.call('CreateProcedureTemplate', {
    Name: 'one',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
  })
}
beforeEach(async () => {
  receiver = await startReceiver()
  await open()
})
afterEach(async () => {
  receiver.close()
  await rig.close()
})

async function job(ProcedureName = 'one', more: Record<string, unknown> = {}): Promise<string> {
  const request = { FileId: await rig.empty(), ProcedureName, ...more }
  return (await rig.call('ProcessMediaByProcedure', request)).TaskId
}

/** One more job, whose callback comes: then no other is on its way. */
async function flushed(): Promise<string> {
  const last = await job()
  for (let count = 1; ; count++) {
    const received = await receiver.until(count)
    if (received.at(count - 1)?.body.ProcedureStateChangeEvent?.TaskId === last) return last
  }
}

const taskIds = () => receiver.received.map(({ body }) => body.ProcedureStateChangeEvent.TaskId)
const sends = () => rig.books().callbacks.map(({ send, answer }) => [send, answer])

describe('the contract of PUSH', () => {
  test('a flow and its review tell of their end, in JSON, without a signature', async () => {
    const TaskId = await job('flow', { SessionContext: 'mine' })
    const events = (await receiver.until(2)).map(({ body }) => body)
    const flow = events.find(({ EventType }) => EventType === 'ProcedureStateChanged')
    const review = events.find(({ EventType }) => EventType === 'ReviewAudioVideoComplete')
    expect(flow.ProcedureStateChangeEvent).toMatchObject({ TaskId, Status: 'FINISH', SessionContext: 'mine' })
    expect(review.ReviewAudioVideoCompleteEvent).toMatchObject({ Status: 'FINISH', SessionContext: 'mine' })
    expect(flow).not.toHaveProperty('Sign')
    expect(receiver.received[0]?.headers['content-type']).toBe('application/json')
  })

  test('the status of the answer is ignored: no second send after a 500', async () => {
    receiver.status = 500
    await job()
    await receiver.until(1)
    await flushed()
    expect(receiver.received).toHaveLength(2)
    expect(sends()[0]).toEqual([1, 'HTTP 500'])
  })

  test('no answer within 5 s: it is sent again', async () => {
    receiver.status = 0
    await job()
    await receiver.until(1)
    const began = Date.now()
    await receiver.until(2)
    expect(Date.now() - began).toBeGreaterThan(4_500)
  })

  test('no answer: three sends, then never again', async () => {
    await rig.close()
    await open({ pushTimeout: 300 })
    receiver.status = 0
    const TaskId = await job()
    await receiver.until(3)
    receiver.status = 200
    while (sends().length < 3) await new Promise((resolve) => setTimeout(resolve, 50))
    await flushed()
    expect(taskIds().filter((id) => id === TaskId)).toHaveLength(3)
    expect(sends().slice(0, 3)).toEqual([1, 2, 3].map((send) => [send, 'timeout']))
  })

  test('nobody listens: one send, no more', async () => {
    receiver.close()
    const TaskId = await job()
    await finished(rig.call, TaskId)
    while (sends().length < 1) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(sends()).toEqual([[1, 'no connection']])
  })

  test('None is silent, Change tells of each sub-task', async () => {
    await job('one', { TasksNotifyMode: 'None' })
    await rig.call('CreateProcedureTemplate', {
      Name: 'two',
      MediaProcessTask: { TranscodeTaskSet: [100010, 100020, 100030].map((Definition) => ({ Definition })) },
    })
    await job('two', { TasksNotifyMode: 'Change' })
    const statuses = (await receiver.until(2)).map(({ body }) => body.ProcedureStateChangeEvent.Status)
    expect(statuses[0]).toBe('PROCESSING')
    const last = await flushed()
    const before = receiver.received.filter(({ body }) => body.ProcedureStateChangeEvent.TaskId !== last)
    expect(before.at(-1)?.body.ProcedureStateChangeEvent.Status).toBe('FINISH')
    expect(new Set(taskIds()).size).toBe(2)
  })
})

test.each(['body', 'query', 'header'] as const)(
  'Sign and T stand in the %s, good for 10 minutes',
  async (place) => {
    await rig.call('ModifyEventConfig', { SignKey: 'mysignkey' })
    rig.switches.signPlace = place
    await job()
    const [first] = await receiver.until(1)
    const { body, query, headers } = first as Receiver['received'][number]
    const signature = {
      body: [body.Sign, body.T],
      query: [query.get('Sign'), query.get('T')],
      header: [headers.sign, headers.t],
    }
    const [Sign, T] = signature[place]
    expect(Sign).toBe(createHash('md5').update(`mysignkey${T}`).digest('hex'))
    expect(Math.abs(Number(T) - Date.now() / 1000 - 600)).toBeLessThan(30)
    const elsewhere = Object.entries(signature).filter(([name]) => name !== place)
    for (const [, values] of elsewhere) expect(values.every((value) => value == null)).toBe(true)
  },
)

describe('scripted faults', () => {
  test('drop', async () => {
    rig.faults.add({ kind: 'dropCallback', times: 1 })
    await finished(rig.call, await job())
    await flushed()
    expect(receiver.received).toHaveLength(1)
  })

  test('double', async () => {
    rig.faults.add({ kind: 'doubleCallback', times: 1 })
    const TaskId = await job()
    await receiver.until(2)
    expect(taskIds()).toEqual([TaskId, TaskId])
  })

  test('reorder: after the next one', async () => {
    rig.faults.add({ kind: 'reorderCallback', times: 1 })
    const first = await job()
    await finished(rig.call, first)
    const second = await job()
    await receiver.until(2)
    expect(taskIds()).toEqual([second, first])
  })

  test('delay', async () => {
    rig.faults.add({ kind: 'delayCallback', times: 1, delay: 200_000 })
    const TaskId = await job()
    await finished(rig.call, TaskId)
    await flushed()
    expect(taskIds()).not.toContain(TaskId)
    rig.clock.advance(200_000)
    await receiver.until(2)
    expect(taskIds()).toContain(TaskId)
  })

  test('forge: another body comes before the true one', async () => {
    const body = { ProcedureStateChangeEvent: { TaskId: 'foreign' } }
    rig.faults.add({ kind: 'forgeCallback', times: 1, body })
    const TaskId = await job()
    await receiver.until(2)
    expect(taskIds()).toEqual(['foreign', TaskId])
  })
})
