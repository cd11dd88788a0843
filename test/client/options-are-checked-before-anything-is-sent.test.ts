import { Client, Connection } from '@temporalio/client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect, TemporalUnreachableError } from '../../src/client/index.js'
import { InvalidInputError } from '../../src/contract/errors.js'

const functions = { start: () => {}, getHandle: () => {} }
const codec = { encode: async () => [], decode: async () => [] }
const client = { withDeadline: () => {}, workflow: functions, options: {} }

/** What takes options. None of them may reach Temporal: there is none. */
const calls: Record<string, (options: object) => Promise<unknown>> = {
  connect: (options) => connect({ ...('client' in options ? {} : { address: '127.0.0.1:1' }), ...options }),
  start: async (options) => {
    const vodflow = await connect({ client: client as never })
    return vodflow.start('publish', { id: 'a', taskQueue: 'films', ...options } as never)
  },
  process: async (options) => {
    const vodflow = await connect({ client: client as never })
    return vodflow.process({ FileId: 'a', ProcedureName: 'p' }, options)
  },
  adopt: async (options) => {
    const vodflow = await connect({ client: client as never })
    return vodflow.adopt({ TaskId: '1500000001-Procedure-a' }, options)
  },
  retry: async (options) => {
    const vodflow = await connect({ client: client as never })
    return vodflow.retry('r', { reason: 'again', ...options })
  },
  rerunFailed: async (options) => {
    const vodflow = await connect({ client: client as never })
    return vodflow.batches.rerunFailed('b', { reason: 'again', ...options })
  },
  rerun: async (options) => {
    const vodflow = await connect({ client: client as never })
    return vodflow.rerun({ FileId: 'a', ProcedureName: 'p' }, { reason: 'again', ...options })
  },
  startBatch: async (options) => {
    const vodflow = await connect({ client: client as never })
    return vodflow.batches.start(
      { source: { FileIds: ['a'] }, ProcedureName: 'p' },
      { workflowId: 'b', ...options },
    )
  },
  schedule: async (options) => {
    const vodflow = await connect({ client: client as never })
    const request = { source: { FileIds: ['a'] }, ProcedureName: 'p' }
    return vodflow.batches.schedule(request, {
      scheduleId: 's',
      spec: { intervals: [{ every: '1 day' }] },
      ...options,
    })
  },
  decide: async (options) => {
    const vodflow = await connect({ client: client as never })
    return vodflow.decide('a', { gate: 'g', decision: 'approved', by: 'ada', reason: 'seen', ...options })
  },
  list: async (options) => {
    const vodflow = await connect({ client: client as never })
    return vodflow.list(options)
  },
  batchResult: async (options) => {
    const vodflow = await connect({ client: client as never })
    return vodflow.batches.attach('b').result(options)
  },
}

async function refusal(name: string, given: object): Promise<InvalidInputError> {
  const error = await calls[name]?.(given).then(
    () => expect.unreachable(`${name} took ${JSON.stringify(given)}`),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(InvalidInputError)
  return error as InvalidInputError
}

describe('an option that cannot work is refused by name', () => {
  it.each<[string, object, string]>([
    ['connect', { account: 'a b' }, 'account'],
    ['connect', { account: 5 }, 'account'],
    ['decide', { runID: 'a' }, 'runID'],
    ['decide', { run: 'a' }, 'run'],
    ['decide', { runId: 5 }, 'runId'],
    ['connect', { client: {} }, 'client.withDeadline'],
    ['connect', { client: null }, 'client'],
    ['connect', { client, dataConverter: {} }, 'dataConverter'],
    ['connect', { client, address: '127.0.0.1:1' }, 'address'],
    ['connect', { client, namespace: 'films' }, 'namespace'],
    ['connect', { client, apiKey: 'a' }, 'apiKey'],
    ['connect', { client, tls: true }, 'tls'],
    ['connect', { client, profile: 'a' }, 'profile'],
    ['connect', { client, plugins: [] }, 'plugins'],
    ['connect', { client, connectTimeout: 5 }, 'connectTimeout'],
    ['connect', { address: '' }, 'address'],
    ['connect', { namespace: '' }, 'namespace'],
    ['connect', { apiKey: 5 }, 'apiKey'],
    ['connect', { tls: 'true' }, 'tls'],
    ['connect', { profile: 5 }, 'profile'],
    ['connect', { plugins: {} }, 'plugins'],
    ['connect', { dataConverter: 'k1' }, 'dataConverter'],
    ['connect', { dataConverter: { payloadCodec: [] } }, 'dataConverter.payloadCodec'],
    ['connect', { dataConverter: { payloadCodecs: codec } }, 'dataConverter.payloadCodecs'],
    [
      'connect',
      { dataConverter: { payloadCodecs: [{ encode: codec.encode }] } },
      'dataConverter.payloadCodecs.0.decode',
    ],
    ['connect', { dataConverter: { payloadConverterPath: 5 } }, 'dataConverter.payloadConverterPath'],
    ['connect', { dataConverter: { failureConverterPath: {} } }, 'dataConverter.failureConverterPath'],
    ['connect', { dataConverter: { payloadConverter: {} } }, 'dataConverter.payloadConverter'],
    ['connect', { connectTimeout: '5000 weeks' }, 'connectTimeout'],
    ['connect', { answerTimeout: 'soon' }, 'answerTimeout'],
    ['connect', { payloadKeys: 'k1' }, 'payloadKeys'],
    ['process', { idempotencykey: 'k' }, 'idempotencykey'],
    ['process', { requireWorker: 'false' }, 'requireWorker'],
    ['adopt', { workflowID: 'a' }, 'workflowID'],
    ['adopt', { workflowId: '' }, 'workflowId'],
    ['adopt', { workflowId: 5 }, 'workflowId'],
    ['retry', { reason: 5 }, 'reason'],
    ['retry', { reason: undefined }, 'reason'],
    ['retry', { Reason: 'again' }, 'Reason'],
    ['rerunFailed', { status: ['aborted'] }, 'status'],
    ['rerunFailed', { statuses: ['succeeded'] }, 'statuses.0'],
    ['rerunFailed', { statuses: 'aborted' }, 'statuses'],
    ['rerunFailed', { reason: 5 }, 'reason'],
    ['rerunFailed', { statuses: ['succeeded'] }, 'statuses.0'],
    ['rerunFailed', { statuses: [] }, 'statuses'],
    ['startBatch', { workflowId: 5 }, 'workflowId'],
    ['startBatch', { requireWorker: 'false' }, 'requireWorker'],
    ['startBatch', { signal: {} }, 'signal.throwIfAborted'],
    ['process', { signal: 5 }, 'signal'],
    ['process', { signal: new AbortController() }, 'signal.throwIfAborted'],
    ['process', { workflowId: 5 }, 'workflowId'],
    ['rerun', { signal: 'stop' }, 'signal'],
    ['rerun', { reason: 5 }, 'reason'],
    ['adopt', { signal: null }, 'signal'],
    ['batchResult', { signal: 5 }, 'signal'],
    ['batchResult', { timeout: 5 }, 'timeout'],
    ['list', { Status: 'Running' }, 'Status'],
    ['list', { status: 'RUNNING' }, 'status'],
    ['list', { status: 5 }, 'status'],
    ['list', { limit: 0 }, 'limit'],
    ['list', { limit: 1.5 }, 'limit'],
    ['list', { limit: '5' }, 'limit'],
    ['list', { limit: 1_000_001 }, 'limit'],
    ['list', { type: ['pullUpload'] }, 'type'],
    ['list', { type: '' }, 'type'],
    ['list', { workflowIdPrefix: 5 }, 'workflowIdPrefix'],
    ['list', { FileId: 5 }, 'FileId'],
    ['list', { FileId: '' }, 'FileId'],
    ['list', { ProcedureName: {} }, 'ProcedureName'],
    ['schedule', { spec: undefined }, 'spec'],
    ['schedule', { spec: {} }, 'spec'],
    ['schedule', { spec: { intervals: [] } }, 'spec'],
    ['schedule', { spec: { timezone: 'Asia/Shanghai', startAt: new Date() } }, 'spec'],
    ['schedule', { spec: { cronExpressions: '0 3 * * *' } }, 'spec.cronExpressions'],
    [
      'schedule',
      { spec: { cronExpressions: ['0 3 * * *'], timeZoneName: 'Asia/Shanghai' } },
      'spec.timeZoneName',
    ],
    ['start', { arg: ['a'] }, 'arg'],
    ['start', { parentClosePolicy: 'ABANDON' }, 'parentClosePolicy'],
    ['start', { id: null }, 'id'],
    ['start', { id: 5 }, 'id'],
    ['start', { taskQueue: '' }, 'taskQueue'],
    ['start', { taskQueue: 'vodflow' }, 'taskQueue'],
    ['start', { taskQueue: 'vodflow.default.read' }, 'taskQueue'],
    ['start', { args: 'text' }, 'args'],
    ['start', { args: null }, 'args'],
    ['start', { requireWorker: 'false' }, 'requireWorker'],
    ['start', { signal: 5 }, 'signal'],
    ['start', { workflowId: 'b' }, 'workflowId'],
    ['start', { workflowIdReusePolicy: 'ALLOW_DUPLICATE' }, 'workflowIdReusePolicy'],
    ['start', { workflowIdConflictPolicy: 'TERMINATE_EXISTING' }, 'workflowIdConflictPolicy'],
    ['start', { cronSchedule: '* * * * *' }, 'cronSchedule'],
    ['start', { followRuns: false }, 'followRuns'],
    ['start', { searchAttributes: {} }, 'searchAttributes'],
  ])('%s with %j', async (name, given, field) => {
    const { fields } = await refusal(name, given)
    expect(fields).toEqual([field])
  })

  it('a status that no item has, with those that it may have', async () => {
    const { message } = await refusal('rerunFailed', { statuses: ['cancelled'] })
    expect(message).toMatch(/partial, failed, aborted, unknown, detached, refused or canceled/)
  })

  it('a task queue of vodflow, for a workflow that vodflow does not have', async () => {
    const { message } = await refusal('start', { taskQueue: 'vodflow' })
    expect(message).toMatch(/^taskQueue: "vodflow" belongs to vodflow's own workers; use another name/)
    const vodflow = await connect({ client: client as never })
    const own = { id: 'a', taskQueue: 'vodflow', requireWorker: false }
    await expect(vodflow.start('pullUpload', own)).rejects.not.toThrow(InvalidInputError)
  })

  it('start without options', async () => {
    const vodflow = await connect({ client: client as never })
    await expect(vodflow.start('publish', undefined as never)).rejects.toThrow(InvalidInputError)
  })
})

it('an unknown status is refused with those that there are', async () => {
  const { message } = await refusal('list', { status: 'Done' })
  expect(message).toBe(
    'status: is not a known value; pass Running, Paused, Completed, Failed, Canceled, Terminated, ContinuedAsNew or TimedOut',
  )
})

describe('a misspelled option is refused with the right name', () => {
  it.each<[string, object, string]>([
    ['connect', { dataconverter: {} }, 'dataConverter'],
    ['connect', { Namespace: 'films' }, 'namespace'],
    ['connect', { adress: '127.0.0.1:1' }, 'address'],
    ['connect', { api_key: 'x' }, 'apiKey'],
    ['connect', { dataConverter: { payloadCodec: [] } }, 'payloadCodecs'],
    ['schedule', { spec: { cronExpression: ['0 3 * * *'] } }, 'cronExpressions'],
    ['start', { requireworker: false }, 'requireWorker'],
    ['start', { meemo: {} }, 'memo'],
    ['start', { workflowExecutionTimeOut: '1 day' }, 'workflowExecutionTimeout'],
    ['start', { taskqueue: 'films' }, 'taskQueue'],
    ['start', { Id: 'b' }, 'id'],
    ['start', { Args: [] }, 'args'],
    ['start', { workflowid: 'b' }, 'workflowId'],
    ['startBatch', { requireworker: false }, 'requireWorker'],
    ['startBatch', { singal: undefined }, 'signal'],
    ['list', { Limit: 5 }, 'limit'],
    ['list', { procedureName: 'p' }, 'ProcedureName'],
  ])('%s with %j', async (name, given, meant) => {
    const { message } = await refusal(name, given)
    expect(message).toContain(`is not known; write ${meant}`)
  })
})

describe('with VODFLOW_PAYLOAD_KEYS', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it.each([{}, { payloadCodecs: [] }, { payloadConverterPath: '/app/converter.cjs' }])(
    'connect refuses a data converter without codecs: %j',
    async (dataConverter) => {
      vi.stubEnv('VODFLOW_PAYLOAD_KEYS', `k1:${'ab'.repeat(32)}`)
      const { message } = await refusal('connect', { dataConverter })
      expect(message).toBe(
        'dataConverter.payloadCodecs: has no codec, but VODFLOW_PAYLOAD_KEYS is set; ' +
          'pass the payloadCodecs of payloadEncryption(process.env.VODFLOW_PAYLOAD_KEYS), or unset the variable',
      )
    },
  )

  it('connect refuses a client without codecs', async () => {
    vi.stubEnv('VODFLOW_PAYLOAD_KEYS', `k1:${'ab'.repeat(32)}`)
    const connection = Connection.lazy()
    const given = new Client({ connection })
    const { message } = await refusal('connect', { client: given })
    expect(message).toBe(
      'client: has no codec, but VODFLOW_PAYLOAD_KEYS is set; ' +
        'pass dataConverter: payloadEncryption(process.env.VODFLOW_PAYLOAD_KEYS) to the Client, or unset the variable',
    )
    const sealing = new Client({ connection, dataConverter: { payloadCodecs: [codec] } })
    await expect(connect({ client: sealing })).resolves.toMatchObject({ client: sealing })
    vi.stubEnv('VODFLOW_PAYLOAD_KEYS', '')
    await expect(connect({ client: given })).resolves.toMatchObject({ client: given })
    await connection.close()
  })

  it('connect takes a data converter with codecs', async () => {
    vi.stubEnv('VODFLOW_PAYLOAD_KEYS', `k1:${'ab'.repeat(32)}`)
    const dataConverter = { payloadCodecs: [codec] }
    await expect(calls.connect?.({ dataConverter })).rejects.toThrow(TemporalUnreachableError)
  })
})
