import Long from 'long'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 200, reviewTime: 200 })
})
afterAll(() => system.close())

const segments = 60
const types = (outcome: Outcome) => outcome.tasks.map(({ TaskType }) => TaskType).toSorted()

it('a split with 120 tasks of its flows is found again after a reset, by the events that came before', async () => {
  const { client } = system.vodflow
  const workflowId = `split-${Math.random()}`
  const FileId = await system.media('film')
  const Segments = Array.from({ length: segments }, (_, number) => ({
    StartTimeOffset: number,
    EndTimeOffset: number + 1,
    ProcedureName: 'two',
    OutputConfig: { MediaName: number === 7 ? 'block' : `piece ${number}` },
  }))
  const delays = { unlistedLooks: [3_000, 6_000, 9_000, 12_000, 15_000], looks: [20_000], lag: [100, 500] }
  const input = { request: { FileId, Segments }, delays }
  await client.workflow.start('splitMedia', { workflowId, taskQueue: 'vodflow', args: [input] })
  const handle = client.workflow.getHandle(workflowId)
  const first = (await handle.result()) as Outcome
  expect(first).toMatchObject({ status: 'succeeded', moderation: { Suggestion: 'block' } })
  expect(first.tasks).toHaveLength(1 + 2 * segments)
  const before = system.vod.books().tasks.length
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    reason: 'an operator',
    requestId: `${Math.random()}`,
    workflowTaskFinishEventId: Long.fromNumber(4),
  })
  const again = (await client.workflow.getHandle(workflowId).result()) as Outcome
  expect(again.status, again.reason).toBe('succeeded')
  expect(types(again)).toEqual(types(first))
  expect(again.moderation?.Suggestion).toBe('block')
  expect(system.vod.books().tasks.length).toBe(before)
})
