import { fileURLToPath } from 'node:url'
import { type Client, Client as TemporalClient } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { type Operator, startOperator } from '../support/operator.js'
import { type System, startSystem } from '../support/system.js'
import type { Tree } from '../support/tree.js'
import { inChild, inputOf, next, problemOf, row, step } from '../support/work.js'

let system: System
let operator: Operator
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100, reviewTime: 100 })
  operator = await startOperator(system)
})
afterAll(async () => {
  await operator?.close()
  await system?.close()
})

const handleOf = (workflowId: string) => operator.client.workflow.getHandle(workflowId)
const resultOf = (workflowId: string): Promise<Outcome[]> => handleOf(workflowId).result()
const tasksOf = (FileId: string) => system.tasksOf(FileId).length

describe('a header of somebody else', () => {
  const withHeader = (identity: unknown): Client =>
    new TemporalClient({
      connection: operator.client.connection,
      interceptors: {
        workflow: [
          {
            startWithDetails: (input, next) =>
              next({
                ...input,
                headers: { 'vodflow-identity': defaultPayloadConverter.toPayload(identity) },
              }),
          },
        ],
      },
    })

  it.each([
    ['malformed', { name: 'x', fresh: true }],
    ['text', 'mine'],
    ['without its writer', { name: 'a'.repeat(26), fresh: true, since: 1 }],
    ['well formed', { by: 'b'.repeat(26), name: 'a'.repeat(26), fresh: true, since: 1 }],
    ['of a cron parent', { by: 'b'.repeat(26), fresh: false }],
  ])('%s, is refused before anything is sent', async (name, identity) => {
    const media = await system.media()
    const run = withHeader(identity).workflow.execute('processMediaByProcedure', {
      workflowId: `forged-${name}-${media}`,
      taskQueue: 'vodflow',
      args: [inputOf(media)],
    })
    expect(await problemOf(run)).toContain('identity header')
    expect(tasksOf(media)).toBe(0)
  })
})

describe('a child on a worker without the plugin that copies all headers to its own children', () => {
  let worker: Worker
  let running: Promise<void>
  beforeAll(async () => {
    const pathOf = (name: string) => fileURLToPath(new URL(`../support/${name}.ts`, import.meta.url))
    worker = await Worker.create({
      connection: system.worker.connection,
      taskQueue: 'copies',
      workflowsPath: pathOf('tree'),
      interceptors: { workflowModules: [pathOf('copyHeaders')] },
    })
    running = worker.run()
  })
  afterAll(async () => {
    worker?.shutdown()
    await running
  })

  const copies = (tree: Tree): Tree => ({ do: 'child', queue: 'copies', tree })
  const keyed = (FileId: string): Tree => ({
    do: 'stepInChild',
    step: 'processMediaByProcedure',
    input: inputOf(FileId, { key: 'main' }),
  })
  const theirs = (media: string): Tree => ({ do: 'child', queue: 'theirs', tree: step(media) })

  it.each<[string, (one: string, other: string) => Tree, readonly [number, number]]>([
    ['two steps with the same key on two files', (one, other) => row(keyed(one), keyed(other)), [1, 1]],
    ['a step that it starts again', (one) => row(inChild(one), inChild(one), inChild(one)), [3, 0]],
    ['workflows of a user that do the same', (one) => row(theirs(one), theirs(one)), [2, 0]],
    ['a step in each run of a chain', (one) => row(inChild(one), next(inChild(one))), [2, 0]],
    [
      'a step with a key, and another one twice',
      (one, other) => row(keyed(other), inChild(one), inChild(one)),
      [2, 1],
    ],
  ])('%s: new work for each start', async (_, tree, tasks) => {
    const media = [await system.media(), await system.media()] as const
    const workflowId = await operator.start(copies(tree(...media)))
    expect((await resultOf(workflowId)).every(({ status }) => status === 'succeeded')).toBe(true)
    expect(media.map(tasksOf)).toEqual(tasks)
  })

  it('the parent with the plugin names its own steps as before, when it is reset', async () => {
    const [one, other] = [await system.media(), await system.media()]
    const workflowId = await operator.start(row(copies(inChild(one)), inChild(other)))
    await resultOf(workflowId)
    await operator.reset(workflowId, (await operator.boundaries(workflowId))[0] ?? 0)
    await resultOf(workflowId)
    expect(tasksOf(other)).toBe(1)
  })
})
