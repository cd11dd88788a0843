import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'
import { vodflow } from './cli.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', instantMs: 60_000, waitingMs: 60_000 })
})
afterAll(() => system.close())

const run = (...args: readonly string[]) => vodflow(args, system.environment)

/** A run whose task VOD has not begun. */
async function waiting(): Promise<string> {
  const FileId = await system.media()
  expect(await run('process', FileId, '--procedure', 'one')).toMatchObject({ code: 0 })
  await expect
    .poll(async () => JSON.parse((await run('status', FileId, '--json')).stdout).runs[0].progress.phase)
    .toBe('waiting')
  return FileId
}

it('status says what a run waits for', async () => {
  const FileId = await waiting()
  const { stdout, code } = await run('status', FileId)
  expect(stdout).toMatch(
    /RUNNING, started \S+Z\n {2}waiting 0 %\n {2}Procedure \S+ WAITING 0 %\n {2}next look at /,
  )
  expect(code).toBe(0)
})

it('cancel aborts what VOD has not begun, and says so', async () => {
  const FileId = await waiting()
  const { code, stdout } = await run('cancel', FileId, '--json')
  const [task] = system.tasksOf(FileId)
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'cancelled',
    cancelled: { stopped: [task?.TaskId], left: [] },
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
  expect(system.tasksOf(FileId)[0]?.Status).toBe('WAITING')
})

it.each(['cancel', 'detach'])('%s of what is not there', async (command) => {
  const { code, stderr } = await run(command, 'nothing-has-it')
  expect(stderr).toMatch(/Nothing has the id/)
  expect(code).toBe(1)
})
