import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { InvalidInputError, type ProcessOptions, type ProcessRequest } from '../../src/client/index.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100 })
})
afterEach(() => system.vod.faults.clear())
afterAll(() => system.close())

const delays = { listings: [200], polls: [100, 300], listingsGiveUp: 1_000, overdue: 3_000, giveUp: 4_000 }
const reason = 'the watermark was wrong'
let keys = 0
const newKey = () => `order-${++keys}`

it.each<[string, (workflowId: string) => object]>([
  ['under the workflow id of the first run', (workflowId) => ({ workflowId })],
  ['under the workflow id of its own key', () => ({})],
])('makes the new tasks of a rerun once for its key, %s', async (_, where) => {
  const FileId = await system.media()
  const request = { FileId, ProcedureName: 'one' }
  const [before, after] = [newKey(), newKey()]
  const first = await system.vodflow.process(request, { idempotencyKey: before, delays })
  await first.result()
  const rerun = () =>
    system.vodflow.rerun(request, { ...where(first.workflowId), idempotencyKey: after, delays, reason })
  expect(await (await rerun()).result()).toMatchObject({ attempts: [{ recovered: false }] })
  const again = await rerun().catch((error: unknown) => error)
  expect(again).toBeInstanceOf(InvalidInputError)
  expect(again).toMatchObject({ fields: ['idempotencyKey'] })
  expect(system.tasksOf(FileId)).toHaveLength(2)
})

it.each<[string, (key: string, workflowId: string) => object]>([
  ['by default', (idempotencyKey) => ({ idempotencyKey })],
  ['with the workflow id', (idempotencyKey, workflowId) => ({ idempotencyKey, workflowId })],
  ['with a workflow id of its own', (idempotencyKey) => ({ idempotencyKey, workflowId: 'mine' })],
])('refuses a rerun with the key of the earlier run, %s', async (name, options) => {
  const FileId = await system.media()
  const request = { FileId, ProcedureName: 'one' }
  const idempotencyKey = newKey()
  const first = await system.vodflow.process(request, {
    ...(name.endsWith('own') ? { workflowId: 'mine' } : {}),
    idempotencyKey,
    delays,
  })
  await first.result()
  const rerun = system.vodflow.rerun(request, { ...options(idempotencyKey, first.workflowId), reason })
  await expect(rerun).rejects.toThrow(InvalidInputError)
  await expect(rerun).rejects.toThrow(/^idempotencyKey: .*use another/)
  expect(system.tasksOf(FileId)).toHaveLength(1)
})

describe('with the key of a run before the earlier one', () => {
  const rerunOf = (workflowId: string) => (request: ProcessRequest, idempotencyKey: string) =>
    system.vodflow.rerun(request, { workflowId, idempotencyKey, delays, reason })

  it.each<[string, () => ProcessOptions]>([
    ['the workflow id that the key makes', () => ({})],
    ['a workflow id of its own', () => ({ workflowId: `own-${newKey()}` })],
  ])('is refused, under %s', async (_, options) => {
    const FileId = await system.media()
    const request = { FileId, ProcedureName: 'one' }
    const keys = [newKey(), newKey(), newKey()] as const
    const first = await system.vodflow.process(request, { ...options(), idempotencyKey: keys[0], delays })
    await first.result()
    const rerun = rerunOf(first.workflowId)
    await (await rerun(request, keys[1])).result()
    await (await rerun(request, keys[2])).result()
    for (const key of keys) {
      const again = rerun(request, key)
      await expect(again).rejects.toThrow(InvalidInputError)
      await expect(again).rejects.toThrow(/^idempotencyKey: .*use another/)
    }
    expect(system.tasksOf(FileId)).toHaveLength(3)
  })

  it('is refused where another SDK started that run, without a memo', async () => {
    const FileId = await system.media()
    const request = { FileId, ProcedureName: 'one' }
    const [idempotencyKey, workflowId] = [newKey(), `by-hand-${FileId}`]
    await system.vodflow.client.workflow.execute('processMediaByProcedure', {
      workflowId,
      taskQueue: 'vodflow',
      args: [{ request, idempotencyKey, delays }],
    })
    await (await rerunOf(workflowId)(request, newKey())).result()
    await expect(rerunOf(workflowId)(request, idempotencyKey)).rejects.toThrow(InvalidInputError)
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  it('is new work in another application', async () => {
    const FileId = await system.media()
    const [idempotencyKey, workflowId] = [newKey(), `apps-${FileId}`]
    const other = { FileId, ProcedureName: 'one', SubAppId: 1500000009 }
    const first = await system.vodflow.process(other, { workflowId, idempotencyKey, delays })
    await first.result().catch(() => {})
    const request = { FileId, ProcedureName: 'one' }
    const again = await rerunOf(workflowId)(request, idempotencyKey)
    expect(await again.result()).toMatchObject({ attempts: [{ recovered: false }] })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })
})

it.each<[string, () => object]>([
  ['a key of its own', () => ({ idempotencyKey: newKey() })],
  ['no key', () => ({})],
  ['a key of its own and another way to wait', () => ({ idempotencyKey: newKey(), callbacks: false })],
])('attaches under the first key to the rerun, which has %s', async (_, own) => {
  const FileId = await system.media()
  const request = { FileId, ProcedureName: 'one' }
  const idempotencyKey = newKey()
  const process = (asked: object = {}) =>
    system.vodflow.process({ ...request, ...asked }, { idempotencyKey, delays })
  const first = await process()
  const before = await first.result()
  const rerun = await system.vodflow.rerun(request, {
    ...own(),
    workflowId: first.workflowId,
    delays,
    reason,
  })
  const after = await rerun.result()
  expect(after.TaskId).not.toBe(before.TaskId)
  const again = await process()
  expect(again).toMatchObject({ attached: true, chain: rerun.chain })
  expect(await again.result()).toEqual(after)
  expect(system.tasksOf(FileId)).toHaveLength(2)
  await expect(process({ SessionContext: 'vid=2' })).rejects.toThrow(/SessionContext was not set/)
})
