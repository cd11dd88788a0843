import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'
import { vodflow } from './cli.js'
import { refusalOf } from './refused.js'

let system: System
let theirs: Theirs
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100 })
  theirs = await startTheirs(system, 'pipelines')
})
afterAll(async () => {
  await theirs.close()
  await system.close()
})

const run = (...args: readonly string[]) => vodflow(args, system.environment)
const objects = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** A run that has ended well. */
async function processed() {
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  const outcome = await run.result()
  const { TaskId = '' } = outcome
  const SessionId = outcome.attempts[0]?.SessionId ?? ''
  await ended(FileId, 1)
  return { FileId, workflowId: run.workflowId, outcome, TaskId, SessionId }
}

/** Temporal shows in listings, a moment later, that so many runs of a file have ended. */
async function ended(FileId: string, runs: number): Promise<void> {
  const listed = async () => {
    let count = 0
    for await (const _ of system.vodflow.list({ FileId, status: 'Completed' })) count++
    return count
  }
  await expect.poll(listed).toBe(runs)
}

it('status says how many runs of a media file it does not show', async () => {
  const FileId = await system.media()
  const started = Array.from({ length: 22 }, (_, n) =>
    system.vodflow.process({ FileId, ProcedureName: 'one' }, { workflowId: `${FileId}-${n}` }),
  )
  await Promise.all((await Promise.all(started)).map((each) => each.result()))
  await ended(FileId, 22)
  const { stdout } = await run('status', FileId)
  expect(stdout.match(/^\S+-\d+ {2}processMediaByProcedure /gm)).toHaveLength(20)
  expect(stdout).toMatch(/\nand 2 more runs, which vodflow list shows\n$/)
  expect(objects((await run('status', FileId, '--json')).stdout)).toMatchObject([{ more: 2 }])
})

describe('process', () => {
  it('shows progress until the outcome, as lines in a pipe', async () => {
    const FileId = await system.media()
    const { code, stdout, stderr } = await run('process', FileId, '--procedure', 'two', '--watch')
    expect(stderr).toBe('')
    const lines = stdout.trim().split('\n')
    expect(lines[0]).toBe(`vod/${FileId}/two`)
    expect(stdout).toMatch(
      /^100 % {2}succeeded\n {2}Procedure FINISH 100 % {2}\S+\n {2}ReviewAudioVideo FINISH 100 % {2}/m,
    )
    expect(stdout).toMatch(/^succeeded: /m)
    expect(stdout).toMatch(/Transcode 100010 +succeeded {2}1 output\n/)
    expect(stdout).not.toContain('http')
    const [hint = ''] = /vodflow status \S+ --urls/.exec(stdout) ?? []
    expect((await run(...hint.split(' ').slice(1))).stdout).toMatch(/Transcode 100010 .*\n {6}http:/)
    expect(stdout).toMatch(/moderation pass/)
    expect(stdout).not.toContain('\x1b')
    expect(code).toBe(0)
  })

  it('attaches when it is asked again, and VOD makes one task', async () => {
    const { FileId, workflowId } = await processed()
    const again = await run('process', FileId, '--procedure', 'one', '--json')
    expect(objects(again.stdout)).toEqual([{ workflowId, chain: expect.any(String), attached: true }])
    expect((await run('process', FileId, '--procedure', 'one')).stdout).toBe(
      `${workflowId} (it already exists)\n`,
    )
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('--watch ends as watch does where VOD refuses, with a remedy', async () => {
    const FileId = await system.media()
    const { code, stderr } = await run('process', FileId, '--procedure', 'nobody-has-it', '--watch')
    expect(stderr).toMatch(/InvalidParameterValue\.ProcedureName.*CreateProcedureTemplate/s)
    expect(code).toBe(2)
    expect(await run('watch', FileId)).toMatchObject({ code, stderr })
  })

  it.each([
    ['neither file nor path', ['process', '--procedure', 'one'], /FileId.*MediaStoragePath/s],
    [
      'an account that nobody serves',
      ['process', '1', '--procedure', 'one', '--account', 'x'],
      /No worker.*account "?x/s,
    ],
    ['too much', ['process', '1', '2', '--procedure', 'one'], /too many arguments/],
  ])('%s is refused', async (_, args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
    expect(code).toBe(1)
  })

  it.each([
    ['no procedure', ['1'], /required option '--procedure <name>'/],
    ['an empty procedure', ['1', '--procedure', ''], /empty; pass a value/],
    ['a priority that is none', ['1', '--procedure', 'one', '--priority', '11'], /from -10 to 10/],
    ['a sub-app that is none', ['1', '--procedure', 'one', '--sub-app', 'app'], /number of a sub-app/],
    ['a word for --on-partial', ['1', '--procedure', 'one', '--on-partial', 'hope'], /accept, fail, repair/],
  ])('%s is refused by its options', async (_, args, message) => {
    expect(await refusalOf(['process', ...args])).toMatch(message)
  })
})

describe('any id', () => {
  it('is resolved: workflow id, FileId, TaskId, SessionId', async () => {
    const { FileId, workflowId, TaskId, SessionId, outcome } = await processed()
    for (const id of [workflowId, TaskId, SessionId]) {
      const { code, stdout } = await run('status', id, '--json')
      expect(objects(stdout)).toEqual([
        { id, runs: [expect.objectContaining({ workflowId, status: 'COMPLETED', outcome })] },
      ])
      expect(code).toBe(0)
    }
    const text = await run('status', FileId)
    expect(text.stdout).toMatch(/processMediaByProcedure COMPLETED, started .*\n {2}succeeded: /)
  })

  it('an id that nothing has says where was looked', async () => {
    const { code, stderr } = await run('status', '1500000001-procedurev2-nothing')
    expect(stderr).toMatch(
      /Nothing has the id .*workflow id, the FileId of a run of one step, an adopted TaskId, a run id, and in .* for a TaskId, a SessionId or FileId of tasks of the last 72 hours, a workflow id of the latest 10000 tasks/,
    )
    expect(stderr).toMatch(/TEMPORAL_NAMESPACE/)
    expect(code).toBe(1)
  })

  it('without keys a TaskId cannot be looked up, which is said', async () => {
    const { VODFLOW_MAC_KEYS: _, ...environment } = system.environment
    const { code, stderr } = await vodflow(['watch', '1500000001-procedurev2-x'], environment)
    expect(stderr).toMatch(/looked up at VOD: set VODFLOW_MAC_KEYS/)
    expect(code).toBe(1)
  })

  it('a file with two runs: status shows both, watch asks which', async () => {
    const { FileId } = await processed()
    await (await system.vodflow.process({ FileId, ProcedureName: 'two' })).result()
    await ended(FileId, 2)
    expect(objects((await run('status', FileId, '--json')).stdout)[0].runs).toHaveLength(2)
    const { code, stderr } = await run('watch', FileId)
    expect(stderr).toMatch(new RegExp(`belongs to 2 runs.*vod/${FileId}/two \\(COMPLETED\\)`))
    expect(code).toBe(1)
  })
})

it('watch gives the outcome of a run by its FileId', async () => {
  const { FileId, outcome, workflowId } = await processed()
  const { code, stdout } = await run('watch', FileId, '--json')
  expect(objects(stdout).at(-1)).toEqual({ workflowId, outcome })
  expect(code).toBe(0)
})

describe('list', () => {
  it('finds runs by file, procedure, status, type and prefix', async () => {
    const { FileId, workflowId } = await processed()
    for (const filter of [
      ['--file', FileId, '--procedure', 'one', '--status', 'Completed'],
      ['--prefix', workflowId, '--type', 'processMediaByProcedure'],
    ]) {
      const { stdout } = await run('list', ...filter, '--json')
      expect(objects(stdout).map((one) => one.workflowId)).toEqual([workflowId])
    }
    expect((await run('list', '--file', FileId)).stdout).toMatch(
      /^STARTED +STATUS +TYPE +WORKFLOW ID +ENDED +REASON\n\S+Z {2}COMPLETED {2}processMediaByProcedure {2}vod\/\S+ {2}\S+Z\n$/,
    )
    expect((await run('list', '--file', '404')).stdout).toBe('no runs\n')
    expect((await run('list', '--overdue', '--json')).stdout).toBe('')
    expect(objects((await run('list', '--limit', '1', '--json')).stdout)).toHaveLength(1)
  })

  it.each([
    [['list', '--status', 'Sleeping'], /Pass one of RUNNING, PAUSED/],
    [['list', '--limit', '0'], /1 or more/],
  ])('%s is refused', async (args, message) => {
    expect(await refusalOf(args)).toMatch(message)
  })
})

describe('again', () => {
  it('rerun pays again, for a reason that is kept', async () => {
    const { FileId, workflowId } = await processed()
    const { code, stdout } = await run(
      'rerun',
      FileId,
      '--reason',
      'the source was replaced',
      '--watch',
      '--json',
    )
    expect(objects(stdout).at(-1)).toMatchObject({ workflowId, outcome: { status: 'succeeded' } })
    expect(code).toBe(0)
    expect(system.tasksOf(FileId)).toHaveLength(2)
    expect((await run('status', workflowId)).stdout).toContain('run again: the source was replaced')
  })

  it('retry never pays again', async () => {
    const { FileId, workflowId, TaskId } = await processed()
    const handle = system.vodflow.client.workflow.getHandle(workflowId)
    await handle.terminate('by mistake').catch(() => {})
    const { code, stdout, stderr } = await run(
      'retry',
      workflowId,
      '--reason',
      'it was ended by mistake',
      '--watch',
      '--json',
    )
    expect({ code, stderr, last: objects(stdout).at(-1) }).toMatchObject({
      code: 0,
      last: { outcome: { tasks: [{ TaskId }] } },
    })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it.each([
    [['rerun', 'X', '--reason', ''], /empty/],
    [['rerun', 'X'], /required option '--reason/],
    [['retry', 'X'], /required option '--reason/],
  ])('%s is refused', async (args, message) => {
    expect(await refusalOf(args)).toMatch(message)
  })

  it('an id that nothing has is refused', async () => {
    const { code, stderr } = await run('rerun', 'nothing-has-it', '--reason', 'r')
    expect(stderr).toMatch(/Nothing has the id/)
    expect(code).toBe(1)
  })
})

describe('adopt', () => {
  it('waits for a task that somebody else has started', async () => {
    const FileId = await system.media()
    const { TaskId } = await system.vodClient.call('ProcessMediaByProcedure', {
      FileId,
      ProcedureName: 'one',
    })
    const { code, stdout } = await run('adopt', TaskId, '--watch', '--json')
    expect(objects(stdout).at(-1)).toMatchObject({ outcome: { status: 'succeeded', tasks: [{ TaskId }] } })
    expect(code).toBe(0)
    expect(system.tasksOf(FileId)).toHaveLength(1)
    const { workflowId } = objects(stdout).at(-1)
    const status = () => run('status', TaskId, '--json').then((each) => objects(each.stdout)[0]?.runs)
    await expect.poll(status).toMatchObject([{ workflowId, type: 'adoptTask', status: 'COMPLETED' }])
    expect((await run('status', TaskId)).stderr).toBe('')
  })

  it('an empty TaskId, and none, are refused', async () => {
    const { code, stderr } = await run('adopt', '')
    expect(stderr).toMatch(/argument value '' is invalid for argument 'TaskId'/)
    expect(code).toBe(1)
    expect(await refusalOf(['adopt'])).toMatch(/missing required argument 'TaskId'/)
  })
})

describe('approve and reject', () => {
  it.each([
    ['approve', 'approved'],
    ['reject', 'rejected'],
  ])('%s at a gate', async (command, decision) => {
    const workflowId = await theirs.start('gated', {})
    await expect.poll(async () => (await system.vodflow.gates(workflowId).catch(() => [])).length).toBe(1)
    const { code, stdout } = await run(command, workflowId, '--reason', 'seen it', '--by', 'ada')
    expect(stdout).toBe(`${workflowId}: gate review ${decision} by ada\n`)
    expect(code).toBe(0)
    expect(await system.vodflow.client.workflow.getHandle(workflowId).result()).toMatchObject({
      decision,
      decidedBy: 'person',
      by: 'ada',
      reason: 'seen it',
    })
    const late = await run(command, workflowId, '--reason', 'again', '--by', 'bob')
    expect(late.stderr).toMatch(new RegExp(`gate "review" is ${decision} already, by ada at \\S+: seen it`))
    expect(late.code).toBe(1)
  })

  it('needs a reason', async () => {
    expect(await refusalOf(['approve', 'x'])).toContain('--reason')
    expect(await refusalOf(['reject', 'x'])).toContain('--reason')
  })
})
