import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RequestMismatchError, RunNotFoundError, requireSameRequest } from '../../src/client/index.js'
import { openRig, quickly, type Rig } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig?.close())

const ProcedureName = 'TranscodeAndSnapshot'

describe('process', () => {
  it('starts a run under an id that people can read', async () => {
    const run = await rig.vodflow.process(
      { FileId: 'readable', SubAppId: 1500000001, ProcedureName },
      quickly,
    )
    expect(run).toMatchObject({ workflowId: `vod/1500000001/readable/${ProcedureName}`, attached: false })
    const shown = await rig.vodflow.client.workflow.getHandle(run.workflowId).describe()
    expect(await shown.staticSummary()).toBe(`${ProcedureName} on readable`)
    expect(await shown.staticDetails()).toContain('SubAppId: `1500000001`')
  })

  it('makes one run of many starts at once, and all get its outcome', async () => {
    const request = { FileId: 'at-once', ProcedureName }
    const runs = await Promise.all(Array.from({ length: 10 }, () => rig.vodflow.process(request, quickly)))
    expect(runs.filter((run) => !run.attached)).toHaveLength(1)
    expect(new Set(runs.map((run) => run.chain)).size).toBe(1)
    rig.vod.finish('at-once')
    const outcomes = await Promise.all(runs.map((run) => run.result()))
    expect(
      outcomes.every(({ status, TaskId }) => status === 'succeeded' && TaskId === 'task-of-at-once'),
    ).toBe(true)
    expect(rig.vod.submissions.filter(({ input }) => input.request.FileId === 'at-once')).toHaveLength(1)
  })

  it('attaches to a run that has ended', async () => {
    const request = { FileId: 'ended', ProcedureName }
    rig.vod.finish('ended')
    const first = await rig.vodflow.process(request, quickly)
    const outcome = await first.result()
    const second = await rig.vodflow.process({ ...request, TasksPriority: 0, SessionContext: '' }, quickly)
    expect(second).toMatchObject({ attached: true, chain: first.chain })
    expect(await second.result()).toEqual(outcome)
  })

  it('refuses another request under the same id, naming what differs', async () => {
    const request = { FileId: 'differs', ProcedureName }
    await rig.vodflow.process(request, { ...quickly, workflowId: 'mine' })
    const other = rig.vodflow.process(
      { ...request, TasksPriority: 5, SessionContext: 'vid=2' },
      { ...quickly, workflowId: 'mine', key: 'k' },
    )
    await expect(other).rejects.toThrow(RequestMismatchError)
    await expect(other).rejects.toMatchObject({
      workflowId: 'mine',
      differences: [
        { field: 'SessionContext', was: 'not set', is: '"vid=2"' },
        { field: 'TasksPriority', was: 'not set', is: '5' },
        { field: 'key', was: 'not set', is: '"k"' },
      ],
    })
    await expect(other).rejects.toThrow(/TasksPriority was not set, is 5.*rerun/)
  })

  it('knows the request of a run that another tool started, which has no memo', async () => {
    const request = { FileId: 'by-hand', ProcedureName }
    const workflowId = `vod/by-hand/${ProcedureName}`
    await rig.vodflow.client.workflow.start('processMediaByProcedure', {
      workflowId,
      taskQueue: 'vodflow',
      args: [{ request, ...quickly }],
    })
    expect(await rig.vodflow.process(request, quickly)).toMatchObject({ workflowId, attached: true })
    const other = rig.vodflow.process({ ...request, TasksPriority: 1 }, quickly)
    await expect(other).rejects.toMatchObject({
      differences: [{ field: 'TasksPriority', was: 'not set', is: '1' }],
    })
  })

  it('believes the input of a run, not a memo that says something else', async () => {
    const workflowId = 'a-memo-that-lies'
    const request = { FileId: 'asked-for', ProcedureName }
    await rig.vodflow.client.workflow.start('processMediaByProcedure', {
      workflowId,
      taskQueue: 'vodflow',
      args: [{ request: { FileId: 'made', ProcedureName }, ...quickly }],
      memo: { 'vodflow.request': { request, account: 'default' } },
    })
    const start = rig.vodflow.process(request, { ...quickly, workflowId })
    await expect(start).rejects.toMatchObject({
      differences: [{ field: 'FileId', was: '"made"', is: '"asked-for"' }],
    })
  })

  it('does not take a workflow of another type for a run', async () => {
    const workflowId = 'taken'
    await rig.vodflow.client.workflow.start('somethingElse', { workflowId, taskQueue: 'elsewhere', args: [] })
    const start = rig.vodflow.process({ FileId: 'taken', ProcedureName }, { ...quickly, workflowId })
    await expect(start).rejects.toMatchObject({
      differences: [{ field: 'workflowType', was: '"somethingElse"', is: '"processMediaByProcedure"' }],
    })
  })
})

describe('requireSameRequest', () => {
  const request = { FileId: 'checked', ProcedureName }
  const workflowId = `vod/checked/${ProcedureName}`
  const check = (input: Parameters<typeof requireSameRequest>[2], id = workflowId) =>
    requireSameRequest(rig.vodflow.client, id, input)
  beforeAll(() => rig.vodflow.process(request, quickly))

  it.each([
    ['the same request', { request }],
    ['defaults spelled out', { request: { ...request, TasksPriority: 0 }, account: 'default' }],
    ['another way to wait', { request, callbacks: false }],
  ])('passes %s', async (_, input) => {
    await expect(check(input)).resolves.toBeUndefined()
  })

  it.each([
    ['another file', { request: { ...request, FileId: 'other' } }, 'FileId'],
    ['another procedure', { request: { ...request, ProcedureName: 'other' } }, 'ProcedureName'],
    ['another account', { request, account: 'other' }, 'account'],
    ['another key', { request, key: 'other' }, 'key'],
  ])('refuses %s', async (_, input, field) => {
    const error = await check(input).catch((error) => error)
    expect(error).toBeInstanceOf(RequestMismatchError)
    expect(error.differences).toMatchObject([{ field }])
  })

  it('refuses a workflow of another type, and knows when there is no run', async () => {
    await rig.vodflow.client.workflow.start('another', { workflowId: 'theirs', taskQueue: 'x', args: [] })
    await expect(check({ request }, 'theirs')).rejects.toThrow(/workflowType was "another"/)
    await expect(check({ request }, 'nobody')).rejects.toThrow(RunNotFoundError)
  })
})
