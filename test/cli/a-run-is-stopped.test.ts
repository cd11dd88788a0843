import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'
import { pathOf, startTheirs, type Theirs } from '../support/theirs.js'
import { vodflow } from './cli.js'

let system: System
let theirs: Theirs
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 60_000, waitingTime: 60_000 })
  theirs = await startTheirs(system, 'own')
})
afterAll(async () => {
  await theirs.close()
  await system.close()
})

const run = (...args: readonly string[]) => vodflow(args, system.environment)

/** A run whose task VOD has not begun. */
async function waiting(): Promise<string> {
  const FileId = await system.media()
  expect(await run('process', FileId, '--procedure', 'one')).toMatchObject({ code: 0 })
  await expect
    .poll(async () => JSON.parse((await run('status', FileId, '--json')).stdout).runs[0].steps[0]?.phase)
    .toBe('waiting')
  return FileId
}

it('status says what a run waits for', async () => {
  const FileId = await waiting()
  const { stdout, code } = await run('status', FileId)
  expect(stdout).toMatch(
    /RUNNING, started \S+Z\n {2}0 % {2}waiting for VOD\n {4}Procedure WAITING 0 % {2}\S+\n {4}all is well: .* it reads at \S+Z\n {2}in the Temporal UI: \S+\n$/,
  )
  expect(code).toBe(0)
})

it('verify-upgrade replays a run that waits on the workflows of this version', async () => {
  await waiting()
  const { code, stdout } = await run('verify-upgrade', '--json')
  const { replayed, broken } = JSON.parse(stdout)
  expect(replayed).toBeGreaterThan(0)
  expect(broken).toEqual([])
  expect(code).toBe(0)
})

it('verify-upgrade counts one run as one', async () => {
  await waiting()
  const { stdout } = await run('verify-upgrade', '--limit', '1')
  expect(stdout).toMatch(/^1 open run of "vodflow" replayed, 0 would break\./)
})

it('verify-upgrade refuses a task queue that is not in use, and names those that are', async () => {
  await waiting()
  const own = ['--workflows', pathOf('own')]
  const { code, stdout, stderr } = await run('verify-upgrade', ...own, '--task-queue', 'nosuch')
  expect(stderr).toMatch(/nothing was checked: .*"nosuch", and no worker polls it; .*are on "vodflow"/)
  expect(stdout).toBe('')
  expect(code).toBe(1)
})

it('verify-upgrade says so where no run is open', async () => {
  const own = ['--workflows', pathOf('own')]
  const { code, stdout } = await run('verify-upgrade', ...own, '--task-queue', 'theirs-own')
  expect(stdout).toBe('No run of "theirs-own" is open; nothing was checked.\n')
  expect(code).toBe(0)
})

it('cancel aborts what VOD has not begun, and says so', async () => {
  const FileId = await waiting()
  const { code, stdout } = await run('cancel', FileId, '--json')
  const [task] = system.tasksOf(FileId)
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'canceled',
    canceled: { stopped: [task?.TaskId], left: [] },
  })
  expect(code).toBe(0)
  expect(task?.Status).toBe('ABORTED')
})

it('detach leaves the task to VOD', async () => {
  const FileId = await waiting()
  expect(await run('detach', FileId)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/no longer waits\n$/),
  })
  const watched = await run('watch', FileId, '--json')
  expect(JSON.parse(watched.stdout.trim().split('\n').at(-1) ?? '').outcome.status).toBe('detached')
  expect(watched.code).toBe(2)
  const late = await run('cancel', FileId)
  expect(late.stdout).toMatch(/^It had already ended: detached/)
  expect(late.code).toBe(2)
  expect(system.tasksOf(FileId)[0]?.Status).toBe('WAITING')
})

describe('cancel on a workflow of the user', () => {
  const ids = (FileId: string) => system.tasksOf(FileId).map(({ TaskId }) => TaskId)

  it('waits for its end, and says what became of the tasks of all steps', async () => {
    const FileId = await system.media()
    const workflowId = await theirs.start('sideBySide', FileId)
    await expect.poll(() => ids(FileId).length).toBe(3)
    const { code, stdout } = await run('cancel', workflowId, '--json')
    const { status, canceled } = JSON.parse(stdout)
    expect(status).toBe('canceled')
    expect(canceled.stopped.toSorted()).toEqual(ids(FileId).toSorted())
    expect(canceled.left).toEqual([])
    expect(code).toBe(0)
    const late = await run('cancel', workflowId)
    expect(late.stdout).toMatch(/^It had already ended: The run ".*" was canceled; stopped: /)
    expect(late.code).toBe(0)
  })

  it('says so when it completes all the same', async () => {
    const workflowId = await theirs.start('completesAllTheSame')
    await expect.poll(async () => (await run('status', workflowId)).code).toBe(0)
    const { code, stdout } = await run('cancel', workflowId, '--json')
    expect(JSON.parse(stdout)).toEqual({
      workflowId,
      status: 'completed',
      result: 'cleaned up',
      reason: expect.stringContaining('cleaned up'),
    })
    expect(code).toBe(0)
    for (const verb of ['cancel', 'detach'])
      expect((await run(verb, workflowId)).stdout).toBe(
        'It had already ended: completed, with the result\n  cleaned up\n',
      )
  })

  it('that has failed says how', async () => {
    const workflowId = await theirs.start('fails', 'the source is gone')
    await expect.poll(async () => (await run('status', workflowId)).code).toBe(2)
    const { code, stdout } = await run('cancel', workflowId)
    expect(stdout).toMatch(/^It had already ended: The run ".*" failed: the source is gone/)
    expect(code).toBe(2)
  })
})

describe('detach on a workflow of the user', () => {
  const stepsOf = async (workflowId: string) =>
    JSON.parse((await run('status', workflowId, '--json')).stdout).runs[0].steps

  it('takes the step with a key, and refuses a key that no step has', async () => {
    const FileId = await system.media()
    const workflowId = await theirs.start('sideBySide', FileId)
    await expect.poll(() => system.tasksOf(FileId).length).toBe(3)
    const [first, second] = await stepsOf(workflowId)
    const misspelt = await run('detach', workflowId, '--key', 'nosuch')
    expect(misspelt.stderr).toContain(
      `no step of "${workflowId}" has the key "nosuch", so nothing was detached; its steps: "${first.key}", "${second.key}"`,
    )
    expect(misspelt).toMatchObject({ code: 1, stdout: '' })
    const detached = await run('detach', workflowId, '--key', first.key)
    expect(detached).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        `^${workflowId} no longer waits\nto wait for its task: vodflow adopt \\S+\n$`,
      ),
    })
    expect(await stepsOf(workflowId)).toMatchObject([
      { key: first.key, outcome: { status: 'detached' } },
      { key: second.key, phase: 'waiting' },
    ])
    expect((await run('cancel', workflowId)).code).toBe(0)
  })

  it('says that the run fails, and how to wait for its tasks', async () => {
    const FileId = await system.media()
    const workflowId = await theirs.start('publish', FileId)
    await expect.poll(() => system.tasksOf(FileId).length).toBe(2)
    const [TaskId] = system.tasksOf(FileId).map((task) => task.TaskId)
    const detached = await run('detach', workflowId)
    expect(detached).toMatchObject({ code: 0, stderr: '' })
    expect(detached.stdout).toContain(`to wait for its task: vodflow adopt ${TaskId}\n`)
    expect(detached.stdout).toContain('its run has failed (MediaDetached)')
    const { stdout } = await run('status', workflowId)
    expect(stdout).not.toContain('Fix the media')
    expect(stdout).toContain(`vodflow adopt ${TaskId}`)
    const out = await mkdtemp(join(tmpdir(), 'vodflow-detached-'))
    expect((await run('report', workflowId, '--out', out)).code).toBe(0)
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain(
      `Wait for its task: <code>vodflow adopt ${TaskId}</code>`,
    )
  })

  it('takes all steps, also where the workflow ends with them', async () => {
    const FileId = await system.media()
    const workflowId = await theirs.start('sideBySide', FileId)
    await expect.poll(() => system.tasksOf(FileId).length).toBe(3)
    const detached = await run('detach', workflowId)
    expect(detached).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        `^${workflowId} no longer waits\nto wait for its task: vodflow adopt \\S+\n`,
      ),
    })
    expect(detached.stdout).not.toContain('has failed')
    const handle = system.vodflow.client.workflow.getHandle(workflowId)
    await handle.result()
  })

  it('says so where its steps are being canceled', async () => {
    const FileId = await system.media()
    const workflowId = await theirs.start('sideBySide', FileId)
    await expect.poll(() => system.tasksOf(FileId).length).toBe(3)
    system.vod.faults.add({ kind: 'slow', action: 'ManageTask', delay: 2_000 })
    await system.vodflow.client.workflow.getHandle(workflowId).cancel()
    const { code, stdout } = await run('detach', workflowId)
    system.vod.faults.clear()
    expect(stdout).toMatch(/^step ".*" was not detached: canceled\nstep ".*" was not detached: canceled\n$/)
    expect(code).toBe(2)
  })

  it('says so where no step waits', async () => {
    const workflowId = await theirs.start('twoGates')
    await expect.poll(async () => (await run('status', workflowId)).stdout).toContain('gate "film"')
    const { code, stdout, stderr } = await run('detach', workflowId)
    expect(stderr).toContain(`no step of "${workflowId}" is waiting, so nothing was detached`)
    expect(stdout).toBe('')
    expect(code).toBe(1)
    expect((await run('cancel', workflowId)).code).toBe(0)
  })
})

it.each(['cancel', 'detach'])('%s of what is not there', async (command) => {
  const { code, stderr } = await run(command, 'nothing-has-it')
  expect(stderr).toMatch(/Nothing has the id/)
  expect(code).toBe(1)
})
