import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RefusedError } from '../../src/client/runErrors.js'
import { sealSessionContext } from '../../src/contract/seal/token.js'
import { type System, startSystem, transcodeOnly } from '../support/system.js'
import { vodflow } from './cli.js'

let system: System
beforeAll(async () => {
  // A task is WAITING for as long as a test needs.
  system = await startSystem({ media: 'instant', waitingTime: 3_600_000 })
})
afterAll(() => system.close())

const run = (...args: readonly string[]) => vodflow(args, system.environment)
const again = ['--reason', 'a test']

/** A run with its task, and every id of it. */
async function started() {
  const FileId = await system.media()
  const { workflowId } = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  await expect.poll(() => system.tasksOf(FileId).length).toBe(1)
  return { FileId, workflowId, ...lastTask(FileId) }
}

function lastTask(FileId: string) {
  const { TaskId = '', SessionId = '' } = system.tasksOf(FileId).at(-1) ?? {}
  return { TaskId, SessionId }
}

const executionsOf = async (workflowId: string) => {
  const ids: string[] = []
  for await (const each of system.vodflow.list({ workflowIdPrefix: workflowId })) ids.push(each.runId)
  return ids.length
}

it.each(['FileId', 'TaskId', 'SessionId', 'workflowId'] as const)(
  'a run that was retried is one run, by its %s',
  async (kind) => {
    const ids = await started()
    const { [kind]: id, workflowId, FileId } = ids
    for (const executions of [2, 3]) {
      expect(await run('retry', id, ...again)).toMatchObject({ code: 0, stderr: '' })
      await expect.poll(() => executionsOf(workflowId)).toBe(executions)
    }
    expect(system.tasksOf(FileId)).toHaveLength(1)
    expect(await run('status', id)).toMatchObject({ code: 0, stderr: '' })
    expect((await run('approve', id, ...again)).stderr).toContain(
      `"${workflowId}" has not reached a review gate`,
    )
    expect(await run('detach', id)).toMatchObject({
      code: 0,
      stdout: `${workflowId} no longer waits\n`,
      stderr: '',
    })
    await system.vodflow.attach(workflowId).then((each) => each.result())
    expect(await run('rerun', id, ...again)).toMatchObject({ code: 0, stderr: '' })
    await expect.poll(() => system.tasksOf(FileId).length).toBe(2)
    const latest = { ...ids, ...lastTask(FileId) }[kind]
    expect(await run('cancel', latest)).toMatchObject({ code: 0, stderr: '' })
  },
)

describe('retry says what the run will do', () => {
  const saying = (workflowId: string, what: string) => ({
    code: 0,
    stdout: `${workflowId} (${what})\n`,
    stderr: '',
  })

  it('of one that VOD had refused: make its first task', async () => {
    const FileId = await system.media()
    const refused = await system.vodflow.process({ FileId, ProcedureName: 'later' })
    await expect(refused.result()).rejects.toThrow(RefusedError)
    await system.vodClient.call('CreateProcedureTemplate', { ...transcodeOnly, Name: 'later' })
    const { workflowId } = refused
    expect(await run('retry', workflowId, ...again)).toEqual(
      saying(
        workflowId,
        'it was refused and made no task: it submits again, and VOD bills the task if it accepts it now',
      ),
    )
    await expect.poll(() => system.tasksOf(FileId).length).toBe(1)
    const sameTasks = saying(workflowId, 'it waits for the same tasks again')
    await expect.poll(async () => (await refused.progress())?.tasks.length).toBe(1)
    expect(await run('retry', workflowId, ...again)).toEqual(sameTasks)
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('of one whose tasks nobody knows: wait for them, or make them', async () => {
    const FileId = await system.media()
    system.vod.faults.add({ kind: 'error', action: 'ProcessMediaByProcedure', code: 'InternalError' })
    const tried = await system.vodflow.process({ FileId, ProcedureName: 'one' })
    await expect.poll(async () => (await tried.describe()).retried?.length).toBe(1)
    const { workflowId } = tried
    await system.vodflow.client.workflow.getHandle(workflowId).terminate()
    system.vod.faults.clear()
    expect(await run('retry', workflowId, ...again)).toEqual(
      saying(workflowId, 'it waits for the tasks that it made, or makes them if VOD made none'),
    )
    await expect.poll(() => system.tasksOf(FileId).length).toBe(1)
  })
})

it.each(['TaskId', 'SessionId'] as const)(
  'the %s of an earlier run does not stop the latest',
  async (kind) => {
    const { [kind]: id, workflowId, FileId } = await started()
    await run('detach', workflowId)
    await system.vodflow.attach(workflowId).then((each) => each.result())
    await run('rerun', FileId, ...again)
    for (const args of [
      ['cancel', id],
      ['detach', id],
      ['retry', id, ...again],
      ['rerun', id, ...again],
    ]) {
      const { code, stderr } = await run(...args)
      expect(stderr).toContain(
        `"${id}" belongs to an earlier run of "${workflowId}", which has ended; pass the workflow id to use its latest run (RUNNING)`,
      )
      expect(code).toBe(1)
    }
    expect(await run('status', id)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(workflowId),
      stderr: `vodflow: "${id}" belongs to an earlier run of ${workflowId}, which was followed by another one\n`,
    })
    expect((await run('cancel', workflowId)).code).toBe(0)
  },
)

it.each([
  ['default', {}, ''],
  ['b', {}, ' --account b'],
  ['default', { SubAppId: 1_500_000_001 }, ' --sub-app 1500000001'],
])(
  'of a run that Temporal has forgotten, the tasks at VOD are named: account %s %j',
  async (account, app, flags) => {
    const FileId = await system.media()
    const workflowId = `forgotten-${randomUUID()}`
    const SessionId = randomUUID()
      .replaceAll('-', '')
      .replaceAll(/[0189]/g, 'a')
      .padEnd(40, 'a')
    const address = { namespace: 'default', account, ...app, workflowId, chain: randomUUID(), SessionId }
    const SessionContext = sealSessionContext(address, system.macKeys)
    const request = { FileId, ProcedureName: 'one', SessionId, SessionContext }
    const { TaskId } = await system.vodClient.call('ProcessMediaByProcedure', request)
    for (const verb of [['status'], ['report'], ['cancel'], ['retry', ...again]]) {
      const [name = '', ...rest] = verb
      for (const id of name === 'status' ? [TaskId, SessionId, FileId, workflowId] : [workflowId]) {
        const { code, stderr } = await run(name, id, ...rest)
        expect(stderr).toContain(
          `"${id}" belongs to the run "${workflowId}" of the namespace "default", which Temporal has forgotten; VOD still has its tasks: ${TaskId} (`,
        )
        expect(stderr).toContain(`For the outcome of a task: vodflow adopt ${TaskId}${flags}\n`)
        expect(code).toBe(1)
      }
    }
  },
)

it.each([
  ['a FileId', '5285485487985271487', 1],
  ['a TaskId', '1500000001-procedurev2-2e1af2456351812be963e309cc133403t0', 0],
  ['a workflow id', 'nothing-has-this-id', 1],
])('tasks are not listed for a workflow id in the form of %s', async (_, id, listings) => {
  const listed = () => system.vod.books().calls.filter(({ action }) => action === 'DescribeTasks').length
  const listedFor = async () => {
    const before = listed()
    const { stderr } = await run('status', id)
    expect(stderr).toContain(`Nothing has the id "${id}"`)
    return listed() - before
  }
  // The runs of other tests search too.
  await expect.poll(listedFor).toBe(listings)
})
