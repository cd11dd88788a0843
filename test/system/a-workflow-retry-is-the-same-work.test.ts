import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/contract/outcome.js'
import { type Operator, startOperator } from '../support/operator.js'
import { type System, startSystem } from '../support/system.js'
import type { Tree } from '../support/tree.js'
import { failBefore, inChild, next, problemOf, row, step } from '../support/work.js'

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

describe('a workflow retry policy', () => {
  const retry = (maximumAttempts: number) => ({ retry: { maximumAttempts, initialInterval: 10 } })
  const trees: Readonly<Record<string, (media: string) => [Tree, number]>> = {
    'of a run that fails after its step': (media) => [row(step(media), failBefore(2)), 2],
    'that runs a run three times': (media) => [row(step(media), failBefore(3)), 3],
    'of a parent': (media) => [row(inChild(media), failBefore(2)), 2],
    'of a parent whose child has a workflow id': (media) => [
      row(inChild(media, `of-${media}`), failBefore(2)),
      2,
    ],
    'of a child': (media) => [{ do: 'child', retries: 2, tree: row(step(media), failBefore(2)) }, 1],
    'of a child and of its parent': (media) => [
      row({ do: 'child', retries: 2, tree: row(step(media), failBefore(2)) }, failBefore(2)),
      2,
    ],
    'of a grandchild': (media) => [
      row(
        { do: 'child', tree: { do: 'child', retries: 3, tree: row(inChild(media), failBefore(3)) } },
        failBefore(2),
      ),
      2,
    ],
    'of a run that was continued as new': (media) => [
      row(failBefore(2), next(row(step(media), failBefore(3)))),
      4,
    ],
  }
  it.concurrent.each(Object.keys(trees))('%s: the same work, one task', async (name) => {
    const media = await system.media()
    const [tree, attempts] = (trees[name] as (media: string) => [Tree, number])(media)
    const workflowId = await operator.start(tree, attempts > 1 ? retry(attempts) : {})
    expect((await resultOf(workflowId)).every(({ status }) => status === 'succeeded')).toBe(true)
    expect(tasksOf(media)).toBe(1)
  })

  const two = (trees: readonly [Tree, Tree]): Tree => row({ do: 'turned', trees }, failBefore(3))
  const childWith = (media: string, more: object): Tree => {
    const child = inChild(media)
    return child.do === 'stepInChild' ? { ...child, input: { ...child.input, ...more } } : child
  }
  const keyed = (media: string) => childWith(media, { key: 'main' })
  const turned: Readonly<Record<string, (one: string, other: string) => Tree>> = {
    'of their own': (one, other) => two([inChild(one), inChild(other)]),
    'with the same key': (one, other) => two([keyed(one), keyed(other)]),
    'with a workflow id': (one, other) => two([inChild(one, `of-${one}`), inChild(other, `of-${other}`)]),
    'in workflows of a user': (one, other) =>
      two([
        { do: 'child', tree: step(one) },
        { do: 'child', tree: step(other) },
      ]),
    'in workflows that read what to do from their id': (one, other) =>
      two([
        { do: 'childOfId', FileId: one },
        { do: 'childOfId', FileId: other },
      ]),
    'in workflows that read it from an id with the id of the run': (one, other) =>
      two([
        { do: 'childOfId', FileId: one, ofRun: true },
        { do: 'childOfId', FileId: other, ofRun: true },
      ]),
  }
  it.concurrent.each(Object.keys(turned))(
    'of a parent that starts its children in another order each time, %s',
    async (name) => {
      const media = [await system.media(), await system.media()] as const
      const workflowId = await operator.start(turned[name]?.(...media) as Tree, retry(3))
      expect((await resultOf(workflowId)).map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
      expect(media.map(tasksOf)).toEqual([1, 1])
    },
  )

  const written: Readonly<Record<string, (media: string) => readonly [Tree, Tree]>> = {
    'the default account left out, then given': (media) => [
      inChild(media),
      childWith(media, { account: 'default' }),
    ],
    'the same under a key': (media) => [keyed(media), childWith(media, { key: 'main', account: 'default' })],
    'its name in another form of Unicode': (media) => [
      { do: 'child', name: 'caf\u00e9', tree: step(media) },
      { do: 'child', name: 'cafe\u0301', tree: step(media) },
    ],
  }
  it.concurrent.each(Object.keys(written))(
    'of a parent that writes its child otherwise: %s',
    async (name) => {
      const media = await system.media()
      const trees = (written[name] as (media: string) => readonly [Tree, Tree])(media)
      const workflowId = await operator.start(row({ do: 'turn', trees }, failBefore(2)), retry(2))
      expect(await resultOf(workflowId)).toMatchObject([{ status: 'succeeded' }])
      expect(tasksOf(media)).toBe(1)
    },
  )

  it.each(['', ' '])('of a parent that gives its child no name but %j is refused', async (name) => {
    const media = await system.media()
    const workflowId = await operator.start({ do: 'child', name, tree: step(media) })
    expect(await problemOf(resultOf(workflowId))).toContain('memo vodflow.key: is empty')
    expect(tasksOf(media)).toBe(0)
  })

  const once = (media: string, id: string): Tree => ({
    do: 'child',
    id: `${id}-${media}`,
    once: true,
    tree: step(media),
  })
  const starts: Readonly<Record<string, (media: string) => [Tree, number]>> = {
    'that was canceled before it was sent takes no number': (media) => [
      row({ do: 'unsent', attempt: 1, tree: inChild(media) }, inChild(media), failBefore(2)),
      1,
    ],
    'that was canceled in the second attempt only takes none': (media) => [
      row({ do: 'unsent', attempt: 2, tree: inChild(media) }, inChild(media), failBefore(2)),
      1,
    ],
    'that is refused gives its number to no other id': (media) => [
      row(once(media, 'a'), failBefore(2), once(media, 'b')),
      2,
    ],
    'that is refused gives its number to none of several': (media) => [
      row(once(media, 'a'), failBefore(2), once(media, 'b'), failBefore(3), once(media, 'c')),
      3,
    ],
  }
  it.concurrent.each(Object.keys(starts))('a start of a child %s', async (name) => {
    const media = await system.media()
    const [tree, tasks] = (starts[name] as (media: string) => [Tree, number])(media)
    const outcomes = await resultOf(await operator.start(tree, retry(3)))
    expect(outcomes.every(({ status }) => status === 'succeeded')).toBe(true)
    expect(tasksOf(media)).toBe(tasks)
  })

  it('of a run that was reset in between, and retried again', async () => {
    const media = await system.media()
    const workflowId = await operator.start(row(step(media), failBefore(2), { do: 'wait' }), retry(3))
    const second = async () => {
      const { raw, runId } = await handleOf(workflowId).describe()
      return raw.workflowExecutionInfo?.firstRunId === runId ? [] : operator.boundaries(workflowId, runId)
    }
    await expect.poll(async () => (await second()).length).toBeGreaterThan(2)
    const { runId } = await handleOf(workflowId).describe()
    for (const to of await operator.boundaries(workflowId, runId)) {
      await operator.reset(workflowId, to, { runId })
      await handleOf(workflowId).signal('go')
      expect(await resultOf(workflowId)).toMatchObject([{ status: 'succeeded' }])
      expect(tasksOf(media)).toBe(1)
    }
  })
})
