import { randomUUID } from 'node:crypto'
import { WorkflowFailedError } from '@temporalio/client'
import {
  ApplicationFailure,
  CancelledFailure,
  defaultPayloadConverter,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { batchErrorOf, runErrorOf } from '../../src/client/failures.js'
import {
  type CancelSummary,
  RefusedError,
  RunCanceledError,
  RunFailedError,
  RunNotFoundError,
  RunTerminatedError,
  UnreadableError,
} from '../../src/client/index.js'
import { runType, stepTypes } from '../../src/contract/runNames.js'
import { accept, openRig, quickly, type Rig, soon } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig?.close())
beforeEach(() => {
  rig.vod.onSubmit = accept
  rig.vod.abortable = true
})

const ProcedureName = 'TranscodeAndSnapshot'
const began = { canceled: undefined, neverBegan: false }
const bare = { status: 'succeeded', reason: '', tasks: [], attempts: [] }
const start = (FileId: string) => rig.vodflow.process({ FileId, ProcedureName }, quickly)

/** A worker of others, on a queue of its own, ends a run with any result. */
async function endsWith({ workflowId }: { readonly workflowId: string }, result: unknown): Promise<void> {
  const { workflowService, options } = rig.vodflow.client
  const [identity, namespace] = ['others', options.namespace]
  const { taskToken } = await rig.vodflow.client.withDeadline(Date.now() + 20_000, () =>
    workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: workflowId }, identity }),
  )
  const payloads = { payloads: [defaultPayloadConverter.toPayload(result)] }
  await workflowService.respondWorkflowTaskCompleted({
    namespace,
    taskToken,
    identity,
    // COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION
    commands: [{ commandType: 4, completeWorkflowExecutionCommandAttributes: { result: payloads } }],
  })
}

describe('result', () => {
  it('is the outcome', async () => {
    rig.vod.finish('good')
    expect(await (await start('good')).result()).toMatchObject({
      status: 'succeeded',
      TaskId: 'task-of-good',
    })
  })

  it.each([
    ['null', null, /its result is null, not an object/],
    ['a list', [], /its result is a list, not an object/],
    ['a status of nobody', { ...bare, status: 'splendid' }, /status of its result is not a known value/],
    ['a task without parts', { ...bare, tasks: [{}] }, /tasks\.0\.parts of its result is missing/],
    ['an attempt without tasks', { ...bare, attempts: [null] }, /attempts\.0 of its result is null/],
  ])('is an error if a worker of others ended the run with %s', async (_, junk, found) => {
    const FileId = `odd-${randomUUID()}`
    const workflowId = `of-others/${FileId}`
    const input = { request: { FileId, ProcedureName }, ...quickly }
    const handle = await rig.vodflow.client.workflow.start(runType, {
      workflowId,
      taskQueue: workflowId,
      args: [input],
    })
    await endsWith(handle, junk)
    const run = await rig.vodflow.process(input.request, { ...quickly, workflowId })
    expect(run.attached).toBe(true)
    const result = run.result()
    await expect(result).rejects.toThrow(UnreadableError)
    await expect(result).rejects.toThrow(found)
    await expect(result).rejects.toMatchObject({ remedy: expect.stringContaining('workflowId') })
  })

  it('says why VOD refused, and what to do', async () => {
    rig.vod.onSubmit = () => {
      throw ApplicationFailure.create({
        message:
          'ProcessMediaByProcedure: ResourceNotFound.TemplateNotExist: no such template. Create the template first. [RequestId c0ffee]',
        type: 'permanent',
        nonRetryable: true,
        details: [
          {
            code: 'ResourceNotFound.TemplateNotExist',
            requestId: 'c0ffee',
            action: 'ProcessMediaByProcedure',
            remedy: 'Create the template first.',
          },
        ],
      })
    }
    const result = (await start('refused')).result()
    await expect(result).rejects.toThrow(RefusedError)
    await expect(result).rejects.toMatchObject({
      vodCode: 'ResourceNotFound.TemplateNotExist',
      class: 'permanent',
      requestId: 'c0ffee',
      action: 'ProcessMediaByProcedure',
      remedy: expect.stringContaining('Create the template first.'),
    })
    await expect(result).rejects.toThrow(/no such template\. Create .* \[RequestId c0ffee\]\nThen use rerun/)
  })

  it('says what the check before VOD refused', async () => {
    rig.vod.onSubmit = () => {
      throw ApplicationFailure.create({
        message: 'FileId: is empty',
        type: 'InvalidInput',
        nonRetryable: true,
        details: [{ field: 'FileId', problem: 'is empty', remedy: 'pass the id of a media file' }],
      })
    }
    const result = (await start('invalid')).result()
    await expect(result).rejects.toThrow(RefusedError)
    await expect(result).rejects.toMatchObject({ vodCode: 'InvalidInput', requestId: '', action: '' })
  })

  it('is unknown, and says how a worker failed each time: nobody knows what it had sent', async () => {
    const before = rig.vod.submissions.length
    rig.vod.onSubmit = () => {
      throw ApplicationFailure.nonRetryable('the interceptor is broken', 'Theirs')
    }
    expect(await (await start('failed')).result()).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('the submit failed 5 times (the interceptor is broken)'),
    })
    expect(rig.vod.submissions.length - before).toBe(5)
  })

  it.each([
    ['no details', []],
    ['what a refusal has in its details', [{ code: 'InternalError' }]],
  ])('that is a failure without proof, with %s, advises retry, not rerun', (_, details) => {
    const cause = ApplicationFailure.create({ message: 'stuck', type: 'ambiguous', details })
    const failed = new WorkflowFailedError('failed', cause, 'NON_RETRYABLE_FAILURE')
    const error = runErrorOf({ workflowId: 'w', type: runType }, failed, began)
    expect(error).toBeInstanceOf(RunFailedError)
    expect(error).toMatchObject({ remedy: expect.stringContaining('use retry with a reason') })
  })

  it('of a run that hit a time limit of Temporal advises retry, which waits for the same task', async () => {
    const hit = async (limit: 'workflowExecutionTimeout' | 'workflowRunTimeout') => {
      const workflowId = `limited-by-${limit}`
      await rig.vodflow.client.workflow.start(runType, {
        workflowId,
        taskQueue: 'vodflow',
        args: [{ request: { FileId: limit, ProcedureName }, ...quickly }],
        [limit]: 5_000,
      })
      const result = (await rig.vodflow.attach(workflowId)).result()
      await expect(result).rejects.toMatchObject({
        name: 'RunFailedError',
        remedy: expect.stringMatching(/use retry with a reason.*without a time limit/),
      })
      rig.vod.finish(limit)
      const again = await rig.vodflow.retry(workflowId, { reason: 'it had too little time' })
      expect(await again.result()).toMatchObject({ status: 'succeeded', TaskId: `task-of-${limit}` })
    }
    await Promise.all([hit('workflowExecutionTimeout'), hit('workflowRunTimeout')])
  })

  describe('that ended early advises rerun only where nothing can have been billed', () => {
    const nothing = { stopped: [], left: [], ended: [], submitUnanswered: false }
    const cancel = new CancelledFailure('canceled')
    const late = new TimeoutFailure('too late', undefined, 'START_TO_CLOSE')
    const crash = ApplicationFailure.create({ message: 'crashed', type: 'Error' })
    const remedyOf = (cause: Error, type: string, canceled?: CancelSummary) => {
      const failed = new WorkflowFailedError('failed', cause, 'NON_RETRYABLE_FAILURE')
      return runErrorOf({ workflowId: 'w', type }, failed, { ...began, canceled }).message
    }

    it.each<[string, Error, CancelSummary | undefined]>([
      ['nothing made', cancel, nothing],
      ['only tasks that were stopped', cancel, { ...nothing, stopped: ['a'] }],
    ])('canceled with %s: rerun', (_, cause, canceled) => {
      expect(remedyOf(cause, runType, canceled)).toMatch(/rerun with a reason/)
    })

    it.each<[string, Error, CancelSummary | undefined]>([
      ['canceled without an answer to its submit', cancel, { ...nothing, submitUnanswered: true }],
      ['canceled when a task had ended', cancel, { ...nothing, ended: ['a'] }],
      ['canceled without a word', cancel, undefined],
      ['by its time limit', late, undefined],
      ['by a crash', crash, undefined],
    ])('%s: retry, and for a workflow of a user a reset', (_, cause, canceled) => {
      for (const type of stepTypes) {
        expect(remedyOf(cause, type, canceled)).toMatch(/use retry with a reason/)
        expect(remedyOf(cause, type, canceled)).not.toMatch(/use rerun|start it under/)
      }
      expect(remedyOf(cause, 'publishEpisode', canceled)).toMatch(
        /temporal workflow reset --type FirstWorkflowTask.*new tasks/,
      )
    })

    it.each<[string, Error]>([
      ['canceled', cancel],
      ['terminated', new TerminatedFailure('a mistake')],
      ['by its time limit', late],
    ])('%s before it began: rerun, and for a workflow of a user another start', (_, cause) => {
      const neverBegan = { canceled: undefined, neverBegan: true }
      const failed = new WorkflowFailedError('failed', cause, 'NON_RETRYABLE_FAILURE')
      const says = (type: string) => runErrorOf({ workflowId: 'w', type }, failed, neverBegan).message
      expect(says(runType)).toMatch(/use rerun with a reason/)
      expect(says('pullUpload')).toMatch(/start it under a new workflow id/)
      expect(says('publishEpisode')).toMatch(/None of its code ran: start it again/)
    })

    it('canceled before it began, of a task that it was to adopt: no claim that nothing goes on', () => {
      const neverBegan = { canceled: undefined, neverBegan: true }
      const failed = new WorkflowFailedError('failed', cancel, 'NON_RETRYABLE_FAILURE')
      const of = (type: string) => runErrorOf({ workflowId: 'w', type }, failed, neverBegan)
      expect(of('pullUpload')).toMatchObject({ canceled: { left: [] } })
      expect(of('adoptTask')).toMatchObject({ canceled: undefined })
      expect(of('adoptTask').message).not.toMatch(/goes on: nothing/)
    })

    it('a batch: a reset, or another batch once its runs have ended', () => {
      const failed = new WorkflowFailedError('failed', crash, 'NON_RETRYABLE_FAILURE')
      expect(batchErrorOf('nightly', failed).message).toMatch(
        /temporal workflow reset --type FirstWorkflowTask.*wait until its runs have ended/,
      )
    })

    it('media that failed in a workflow of a user: what is billed anew', () => {
      const details = [{ status: 'failed', reason: 'p', tasks: [], attempts: [] }]
      const cause = ApplicationFailure.create({ message: 'p', type: 'MediaFailed', details })
      expect(remedyOf(cause, 'publishEpisode')).toMatch(/its steps make and are billed for new tasks/)
    })
  })

  it('says what a canceled run stopped', async () => {
    const run = await start('stopped')
    await submitted('stopped')
    await run.cancel()
    const result = run.result()
    await expect(result).rejects.toThrow(RunCanceledError)
    await expect(result).rejects.toMatchObject({
      canceled: { stopped: ['task-of-stopped'], left: [], submitUnanswered: false },
    })
  })

  it('is not changed by a cancel that comes too late', async () => {
    rig.vod.finish('over')
    const run = await start('over')
    await run.result()
    await run.cancel()
    expect((await run.result()).status).toBe('succeeded')
  })

  it('says what a canceled run left to VOD', async () => {
    rig.vod.abortable = false
    const run = await start('left')
    await submitted('left')
    await run.cancel()
    await expect(run.result()).rejects.toMatchObject({ canceled: { stopped: [], left: ['task-of-left'] } })
    await expect(run.result()).rejects.toThrow(/goes on: task-of-left.*billed/)
  })

  it('says who terminated it, and that VOD goes on', async () => {
    const run = await start('terminated')
    await rig.vodflow.client.workflow.getHandle(run.workflowId).terminate('cleaning up')
    await expect(run.result()).rejects.toThrow(RunTerminatedError)
    await expect(run.result()).rejects.toMatchObject({ reason: 'cleaning up' })
  })

  it('follows a reset', async () => {
    const run = await start('reset')
    await submitted('reset')
    const result = run.result()
    const { client } = rig.vodflow
    await client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: run.workflowId, runId: run.chain },
      reason: 'test',
      // Typed as Long, taken as a number.
      workflowTaskFinishEventId: 4 as never,
      requestId: 'reset-once',
    })
    rig.vod.finish('reset')
    expect((await result).status).toBe('succeeded')
  })

  it('ends to wait when told to; the run goes on', async () => {
    const run = await start('patience')
    const stop = new AbortController()
    const result = run.result({ signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(result).rejects.toThrow('enough')
    rig.vod.finish('patience')
    expect((await run.result()).status).toBe('succeeded')
  })
})

describe('a run that nobody knows', () => {
  it('is said to be unknown', async () => {
    await expect(rig.vodflow.attach('vod/1/none/none')).rejects.toThrow(RunNotFoundError)
  })
})

async function submitted(FileId: string): Promise<void> {
  await expect
    .poll(() => rig.vod.submissions.some(({ input }) => input.request.FileId === FileId), soon)
    .toBe(true)
  const run = await rig.vodflow.attach(`vod/${FileId}/${ProcedureName}`)
  await expect.poll(async () => (await run.progress())?.tasks.length, soon).toBe(1)
}
