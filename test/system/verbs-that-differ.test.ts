import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

let system: System
let theirs: Theirs
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 300, reviewTime: 300 })
  theirs = await startTheirs(system, 'own')
})
afterEach(() => system.vod.faults.clear())
afterAll(async () => {
  await theirs?.close()
  await system?.close()
})

const delays = { listings: [200] }
const reason = 'the test asks for it'
/** What goes on after a test must not take the faults of the next one. */
const finished = (FileId: string) => expect.poll(() => system.tasksOf(FileId)[0]?.Status).toBe('FINISH')

describe('retry', () => {
  it.each(['terminated', 'ended'])(
    'of a run that was %s waits for the tasks that were made before',
    async (how) => {
      const FileId = await system.media()
      const run = await system.vodflow.process({ FileId, ProcedureName: 'two' }, { delays })
      await expect.poll(() => system.tasksOf(FileId).length).toBe(2)
      if (how === 'terminated') await system.vodflow.client.workflow.getHandle(run.workflowId).terminate()
      else await run.result()
      const again = await system.vodflow.retry(run.workflowId, { reason })
      expect(again.chain).toBe(run.chain)
      expect(await again.result()).toMatchObject({
        status: 'succeeded',
        TaskId: system.tasksOf(FileId)[0]?.TaskId,
        attempts: [{ attempt: 1, recovered: true }],
      })
      expect(system.tasksOf(FileId)).toHaveLength(2)
    },
  )

  it('of a run that was detached does not detach it again', async () => {
    const FileId = await system.media()
    const run = await system.vodflow.process({ FileId, ProcedureName: 'one' }, { delays })
    await expect.poll(() => system.tasksOf(FileId).length).toBe(1)
    await run.detach()
    expect(await run.result()).toMatchObject({ status: 'detached' })
    const again = await system.vodflow.retry(run.workflowId, { reason })
    expect(await again.result()).toMatchObject({ status: 'succeeded' })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('needs a reason, and a run', async () => {
    await expect(system.vodflow.retry('whatever', { reason: ' ' })).rejects.toThrow(
      /reason: has 0 characters/,
    )
    await expect(system.vodflow.retry('whatever', { reason })).rejects.toThrow('Temporal has no run')
  })

  it('leaves workflows of others alone', async () => {
    await system.vodflow.client.workflow.start('theirs', {
      workflowId: 'theirs',
      taskQueue: 'theirs',
      args: [],
    })
    await expect(system.vodflow.retry('theirs', { reason })).rejects.toThrow('not a run of vodflow')
  })
})

describe('adopt', () => {
  it('waits for a task that somebody else submitted, and submits nothing', async () => {
    const FileId = await system.media('please-block')
    const submitted = await system.vodClient.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'two' })
    const TaskId = String(submitted.ReviewAudioVideoTaskId)
    const run = await system.vodflow.adopt({ TaskId })
    expect(run.attached).toBe(false)
    expect(await system.vodflow.adopt({ TaskId })).toMatchObject({ attached: true, chain: run.chain })
    expect(await run.result()).toMatchObject({
      status: 'succeeded',
      ReviewAudioVideoTaskId: TaskId,
      FileId,
      moderation: { Suggestion: 'block' },
      endedBy: 'poll',
      attempts: [{ action: 'adopted' }],
    })
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  it('of a task that VOD does not know ends unknown', async () => {
    const run = await system.vodflow.adopt({ TaskId: 'nobody-knows' }, { delays: { polls: [10] } })
    expect(await run.result()).toMatchObject({ status: 'unknown' })
  })

  it('refuses what is no task, before anything is sent', async () => {
    await expect(system.vodflow.adopt({ TaskId: '' })).rejects.toThrow('TaskId: is not the id of a task')
  })
})

describe('progress', () => {
  it('of a workflow without a step is undefined until its first step starts', async () => {
    const workflowId = await theirs.start('waitsFirst', await system.media())
    const run = await system.vodflow.attach(workflowId)
    expect(await run.progress())?.toBeUndefined()
    await expect.poll(async () => (await run.progress())?.phase).toBe('settled')
  })
})

describe('detach', () => {
  it('stops waiting and leaves the work to VOD', async () => {
    const FileId = await system.media()
    system.vod.faults.add({ kind: 'dropCallback' })
    const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
    await expect.poll(() => system.tasksOf(FileId).length).toBe(1)
    await run.detach()
    expect(await run.result()).toMatchObject({
      status: 'detached',
      reason: expect.stringContaining('VOD finishes and bills 1 open task'),
    })
    await expect.poll(() => system.tasksOf(FileId)[0]?.Status).toBe('FINISH')
    await run.detach()
  })
})

it('a run that is detached as it starts submits, says what was made, and ends', async () => {
  const FileId = await system.media()
  const handle = await system.vodflow.client.workflow.signalWithStart('processMediaByProcedure', {
    workflowId: `detached-at-once-${FileId}`,
    taskQueue: 'vodflow',
    args: [{ request: { FileId, ProcedureName: 'one' } }],
    signal: 'vodflow.detach',
    signalArgs: [],
  })
  const run = await system.vodflow.attach(handle.workflowId)
  expect(await run.result()).toMatchObject({ status: 'detached', FileId })
  expect(system.tasksOf(FileId)).toHaveLength(1)
  await finished(FileId)
})

it.each(['sideBySide', 'waitsFirst'])(
  'all steps of %s are detached by a request that comes before them',
  async (type) => {
    const FileId = await system.media()
    system.vod.faults.add({ kind: 'dropCallback' })
    const { workflowId } = await system.vodflow.client.workflow.signalWithStart(type, {
      workflowId: `${type}-${FileId}`,
      taskQueue: 'theirs-own',
      args: [FileId],
      signal: 'vodflow.detach',
      signalArgs: [],
    })
    const run = await system.vodflow.attach(workflowId)
    const statuses = async () => (await run.steps()).map(({ outcome }) => outcome?.status ?? 'open')
    await expect.poll(statuses).toEqual(['detached', 'detached'])
    await expect.poll(() => system.tasksOf(FileId).every(({ Status }) => Status === 'FINISH')).toBe(true)
  },
)

it('a step that starts after those that a request has detached is not detached by it', async () => {
  const FileId = await system.media('please-block')
  const { workflowId } = await system.vodflow.client.workflow.signalWithStart('oneAfterTheOther', {
    workflowId: `in-turn-${FileId}`,
    taskQueue: 'theirs-own',
    args: [FileId],
    signal: 'vodflow.detach',
    signalArgs: [],
  })
  const run = await system.vodflow.attach(workflowId)
  await run.result()
  const statuses = (await run.steps()).map(({ outcome }) => outcome?.status)
  expect(statuses).toEqual(['detached', 'succeeded'])
})

it('a handle to a run that has ended does not detach the one that came after it', async () => {
  const FileId = await system.media()
  const request = { FileId, ProcedureName: 'one' }
  const first = await system.vodflow.process(request)
  await first.result()
  const second = await system.vodflow.rerun(request, { reason })
  await first.detach()
  expect(await second.result()).toMatchObject({ status: 'succeeded' })
})

it('adopting under the id of another run is refused', async () => {
  const FileId = await system.media()
  system.vod.faults.add({ kind: 'dropCallback' })
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  const adopted = system.vodflow.adopt({ TaskId: 'another' }, { workflowId: run.workflowId })
  await expect(adopted).rejects.toMatchObject({ name: 'RequestMismatchError' })
  await run.detach()
  await finished(FileId)
})

describe('a partial failure', () => {
  const template = {
    Name: 'three',
    MediaProcessTask: {
      TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100020 }, { Definition: 100030 }],
    },
  }
  beforeAll(() => system.vodClient.call('CreateProcedureTemplate', template))

  const failOnce = (code: string, times = 1) =>
    system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code, times })
  const definitions = (FileId: string) =>
    system.tasksOf(FileId).map(({ subTasks }) => subTasks.map(({ Input }) => Input.Definition))

  it('is accepted as it is', async () => {
    const FileId = await system.media()
    failOnce('InternalError')
    const run = await system.vodflow.process({ FileId, ProcedureName: 'three' }, { onPartial: 'accept' })
    expect(await run.result()).toMatchObject({ status: 'partial' })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('is repaired, and only what failed is paid again', async () => {
    const FileId = await system.media()
    failOnce('InternalError')
    const run = await system.vodflow.process({ FileId, ProcedureName: 'three' }, { onPartial: 'repair' })
    const outcome = await run.result()
    expect(outcome).toMatchObject({
      status: 'succeeded',
      attempts: [
        { attempt: 1, action: 'ProcessMediaByProcedure', status: 'partial' },
        { attempt: 2, action: 'ProcessMedia', status: 'succeeded' },
      ],
    })
    const [, repaired] = definitions(FileId)
    expect(repaired).toHaveLength(1)
    expect(outcome.tasks.flatMap(({ parts }) => parts.map(({ Definition }) => Definition)).sort()).toEqual([
      100010, 100020, 100030,
    ])
  })

  it('is repaired once although the answer to the repair was lost', async () => {
    const FileId = await system.media()
    failOnce('InternalError')
    system.vod.faults.add({ kind: 'loseReply', action: 'ProcessMedia', times: 1 })
    const run = await system.vodflow.process(
      { FileId, ProcedureName: 'three' },
      { onPartial: 'repair', delays },
    )
    expect(await run.result()).toMatchObject({ status: 'succeeded', attempts: [{}, { recovered: true }] })
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  const inAttemptTwo = async (FileId: string) => {
    failOnce('InternalError')
    const options = { onPartial: 'repair', delays: { ...delays, looks: [5_000] } } as const
    const run = await system.vodflow.process({ FileId, ProcedureName: 'three' }, options)
    const first = () => system.tasksOf(FileId)[0]?.TaskId
    await expect.poll(() => system.vod.books().callbacks.some(({ TaskId }) => TaskId === first())).toBe(true)
    // The second attempt has until its look to be met in the middle.
    system.vod.faults.add({ kind: 'dropCallback' })
    await expect.poll(() => system.tasksOf(FileId).length).toBe(2)
    await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
    expect(await run.progress())?.toMatchObject({ attempt: 2 })
    system.vod.faults.clear()
    return run
  }

  it('whose repair is under way when the run is reset is repaired once', async () => {
    const FileId = await system.media()
    const run = await inAttemptTwo(FileId)
    const again = await system.vodflow.retry(run.workflowId, { reason })
    expect(await again.result()).toMatchObject({
      status: 'succeeded',
      attempts: [{ recovered: true }, { attempt: 2, recovered: true, action: 'ProcessMedia' }],
    })
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  it('whose repair is under way can be canceled, and detached', async () => {
    const canceled = await inAttemptTwo(await system.media())
    await canceled.cancel()
    await expect(canceled.result()).rejects.toMatchObject({ name: 'RunCanceledError' })
    const detached = await inAttemptTwo(await system.media())
    await detached.detach()
    expect(await detached.result()).toMatchObject({
      status: 'detached',
      attempts: [{ status: 'partial' }, {}],
    })
  })

  it('of everything is tried as a whole, at most twice more', async () => {
    const FileId = await system.media()
    failOnce('InternalError', 9)
    const run = await system.vodflow.process({ FileId, ProcedureName: 'three' }, { onPartial: 'repair' })
    expect(await run.result()).toMatchObject({
      status: 'failed',
      attempts: [{ attempt: 1 }, { attempt: 2, action: 'ProcessMediaByProcedure' }, { attempt: 3 }],
    })
    expect(definitions(FileId).map((each) => each.length)).toEqual([3, 3, 3])
  })

  it('with an error that lasts is not paid again', async () => {
    const FileId = await system.media()
    failOnce('SourceFileError.ContentUnsupported')
    const run = await system.vodflow.process({ FileId, ProcedureName: 'three' }, { onPartial: 'repair' })
    expect(await run.result()).toMatchObject({ status: 'partial', attempts: [{ attempt: 1 }] })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('keeps what succeeded when VOD refuses the repair', async () => {
    const FileId = await system.media()
    failOnce('InternalError')
    system.vod.faults.add({ kind: 'error', action: 'ProcessMedia', code: 'UnauthorizedOperation', times: 1 })
    const run = await system.vodflow.process({ FileId, ProcedureName: 'three' }, { onPartial: 'repair' })
    expect(await run.result()).toMatchObject({
      status: 'partial',
      reason: expect.stringMatching(/The repair was refused: .*UnauthorizedOperation/),
    })
  })
})
