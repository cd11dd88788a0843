import type { Info } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import {
  ApplicationFailure,
  defaultPayloadConverter,
  type Payload,
  type PayloadCodec,
} from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ActivityContext, createActivities } from '../../src/activities/index.js'
import type { Submission, SubmitResult } from '../../src/contract/activities.js'
import { VodError } from '../../src/contract/errors.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import type { VodClient } from '../../src/vod/client.js'
import { submitFailed } from '../../src/workflows/step/submit.js'

const day = 24 * 60 * 60_000
const longAgo = Date.now() - 6 * day - 1_000
const macKeys = parseMacKeys(`k1:${'x'.repeat(32)}`)

/** The workflow that has scheduled the activity. */
const own = {
  workflowNamespace: 'default',
  workflowExecution: { workflowId: 'w', runId: 'run' },
  taskQueue: 'vodflow.default.submit',
}

/** What VOD says to the next calls; how often it was asked. */
let answers: (string | object)[]
let asked: number
beforeEach(() => {
  answers = []
  asked = 0
})

const client = {
  async call(action: string) {
    asked++
    const answer = answers.shift()
    if (typeof answer === 'string') throw new VodError({ action, code: answer, problem: 'because' })
    return answer
  },
} as unknown as VodClient

const context: ActivityContext = { clientFor: () => client, macKeys, allow: [], keepSwept: () => {} }
const { ProcessMediaByProcedure, ProcessMedia } = createActivities(context)

const submission: Submission<'ProcessMediaByProcedure'> = {
  input: { request: { FileId: '528', ProcedureName: 'one' } },
  identity: { name: 'chain', fresh: true, since: Date.now() },
  chain: 'chain',
  runId: 'run',
  key: '0/528/one',
  attempt: 1,
}
const keyed: Partial<typeof submission> = { input: { ...submission.input, idempotencyKey: 'order-42' } }
/** A later execution of the same work: after a reset, a workflow retry, under a parent that had one. */
const later = (since?: number): Partial<typeof submission> => ({
  identity: { name: 'chain', fresh: false, ...(since === undefined ? {} : { since }) },
})
/** A second activity of a fresh run: the first one, scheduled then, ended without VOD's answer. */
const goesOn = (sent: number): Partial<typeof submission> => ({ sent })
/** The attempt was scheduled later than the activity: somebody has reset one of both. */
const resetSince = (scheduledTimestampMs: number) => ({
  scheduledTimestampMs,
  currentAttemptScheduledTimestampMs: scheduledTimestampMs + 1_000,
})

/** What Temporal knows of the run: when it first began, and the SessionIds' submissions in histories that it keeps for long. */
interface Records {
  readonly firstStartedAt?: number | undefined
  readonly scheduled?: readonly Partial<typeof submission>[]
  /** The listing lags: the last execution is not in it yet. */
  readonly lags?: boolean
  readonly codecs?: readonly PayloadCodec[]
}

/** Temporal, as far as a submit asks it: what is recorded at once, and what it knows of the run. */
function temporal(
  heartbeats: unknown[],
  { firstStartedAt, scheduled, lags = false, codecs = [] }: Records = {},
): Client {
  const workflowExecutionInfo = {
    execution: { workflowId: 'w', runId: 'run' },
    firstRunId: 'chain',
    status: 7,
    startTime: { seconds: Math.floor((firstStartedAt ?? 0) / 1_000) },
  }
  const events = scheduled?.map((given) => ({
    activityTaskScheduledEventAttributes: {
      activityId: '1',
      activityType: { name: 'ProcessMediaByProcedure' },
      input: { payloads: [defaultPayloadConverter.toPayload({ ...submission, ...given })] },
    },
  }))
  return {
    withAbortSignal: (_: AbortSignal, ask: () => unknown) => ask(),
    options: {
      namespace: 'default',
      identity: 'test',
      loadedDataConverter: { payloadConverter: defaultPayloadConverter, payloadCodecs: codecs },
    },
    workflow: {
      async *list() {
        yield { runId: 'earlier', historyLength: 10 }
        if (!lags) yield { runId: 'run', historyLength: 10 }
      },
      getHandle: (_: string, runId: string) => ({
        fetchHistory: async () => ({ events: runId === 'earlier' ? events : [] }),
      }),
    },
    workflowService: {
      async recordActivityTaskHeartbeat({ details }: { details: { payloads: Payload[] } }) {
        heartbeats.push(defaultPayloadConverter.fromPayload(details.payloads[0] as Payload))
      },
      // Nothing can be proved by records that are not kept.
      async describeNamespace() {
        return { config: { workflowExecutionRetentionTtl: { seconds: scheduled ? 90 * 86_400 : 0 } } }
      },
      async describeWorkflowExecution() {
        if (firstStartedAt === undefined && !scheduled)
          throw Object.assign(new Error('NOT_FOUND'), { code: 5, details: '', metadata: { get: () => [] } })
        return { workflowExecutionInfo }
      },
    },
  } as unknown as Client
}

function send(
  info: Partial<Info> = {},
  given: Partial<typeof submission> = {},
  records: Records = {},
  broken: Partial<ActivityContext> = {},
) {
  const scheduledTimestampMs = info.scheduledTimestampMs ?? Date.now()
  const heartbeats: unknown[] = []
  const environment = new MockActivityEnvironment(
    {
      scheduledTimestampMs,
      currentAttemptScheduledTimestampMs: scheduledTimestampMs,
      ...own,
      ...info,
    },
    { client: temporal(heartbeats, records) },
  )
  environment.on('heartbeat', (details) => heartbeats.push(details))
  const result: Promise<SubmitResult> = environment.run(
    createActivities({ ...context, ...broken }).ProcessMediaByProcedure,
    { ...submission, ...given },
  )
  return { result, heartbeats }
}

const accepted = {
  TaskId: 'T',
  ReviewAudioVideoTaskId: '',
  ImportMediaKnowledgeTaskIdSet: [],
  RequestId: 'r',
}
const permanent = 'InvalidParameterValue.ProcedureName'

it('tasks that the template does not ask for are not there', async () => {
  answers = [accepted]
  expect(await send().result).toMatchObject({
    kind: 'accepted',
    tasks: [{ TaskId: 'T', TaskType: 'Procedure' }],
  })
})

describe('an answer that names no task', () => {
  const none = { TaskId: '', ReviewAudioVideoTaskId: '', ImportMediaKnowledgeTaskIdSet: [], RequestId: 'r' }
  const hollow = [{}, { RequestId: 'r' }, none]
  const sent = goesOn(Date.now() - 30_000)

  it.each(hollow)('is no answer, so another activity sends the request again: %j', async (answer) => {
    answers = [answer]
    const error = await send().result.catch((failure: unknown) => failure)
    expect(error).toMatchObject({ type: 'ambiguous', nonRetryable: false })
    answers = [answer]
    await expect(send({ attempt: 3 }, sent).result).rejects.toMatchObject({ type: 'ambiguous' })
  })

  it('after which VOD says duplicate: it had accepted the request', async () => {
    answers = ['InvalidParameterValue.SessionId']
    expect(await send({ attempt: 2 }, sent).result).toMatchObject({ kind: 'duplicate' })
  })

  it('is believed in the end, and the listing decides', async () => {
    answers = [none]
    expect(await send({ attempt: 4 }, sent).result).toMatchObject({
      kind: 'accepted',
      tasks: [],
      incomplete: true,
    })
  })

  it('counts only after the first activity, which VOD may have throttled for long', async () => {
    answers = [none]
    const refused = { attempt: 9, heartbeatDetails: { refused: true } }
    await expect(send(refused).result).rejects.toMatchObject({ type: 'ambiguous' })
  })
})

describe('a permanent error', () => {
  it('of the very first send is believed', async () => {
    answers = [permanent]
    await expect(send().result).rejects.toMatchObject({ type: 'permanent', nonRetryable: true })
  })

  it.each([
    ['after an attempt of which nothing is known', { attempt: 2 }, {}],
    ['after a reset or a workflow retry', {}, later(Date.now())],
    ['of a pending activity that was reset', resetSince(Date.now() - 60_000), {}],
    [
      'of one that was reset, with a heartbeat of before',
      { ...resetSince(Date.now()), heartbeatDetails: { refused: false } },
      {},
    ],
    [
      'of a pending activity whose workflow was reset',
      { workflowExecution: { workflowId: 'w', runId: 'another' } },
      {},
    ],
    ['under an idempotencyKey: anybody may have sent', {}, keyed],
    ['after an activity that got no answer', {}, goesOn(Date.now() - 60_000)],
    [
      'after an activity that got no answer, and refusals of this one only',
      { attempt: 3, heartbeatDetails: { refused: true } },
      goesOn(Date.now() - 60_000),
    ],
    [
      'after an activity that got no answer, whose workflow was reset',
      { workflowExecution: { workflowId: 'w', runId: 'another' } },
      goesOn(Date.now() - 60_000),
    ],
    [
      'after a refusal, then an attempt of which nothing is known',
      { attempt: 3, heartbeatDetails: { refused: false } },
      {},
    ],
    [
      'in a second attempt that nothing is known of but its number',
      { attempt: 2, heartbeatDetails: { refused: false } },
      {},
    ],
  ] as [string, Partial<Info>, Partial<typeof submission>][])('%s proves nothing', async (_, info, given) => {
    answers = [permanent]
    expect(await send(info, given).result).toMatchObject({
      kind: 'doubtful',
      refusal: expect.stringContaining(permanent),
    })
  })

  it('after refusals only is believed', async () => {
    answers = [permanent]
    const { result, heartbeats } = send({ attempt: 3, heartbeatDetails: { refused: true } })
    await expect(result).rejects.toMatchObject({ nonRetryable: true })
    // Taken back before the send: had this attempt been killed, the next one would doubt.
    expect(heartbeats).toEqual([{ refused: false }])
  })

  it('after refusals only is believed also where the activity was reset: nothing was sent', async () => {
    answers = [permanent]
    const { result } = send({ ...resetSince(Date.now()), heartbeatDetails: { refused: true } })
    await expect(result).rejects.toMatchObject({ nonRetryable: true })
  })

  it('is not even asked for while Temporal does not take the proof back', async () => {
    answers = [permanent]
    const environment = new MockActivityEnvironment(
      {
        attempt: 2,
        heartbeatDetails: { refused: true },
        ...own,
      },
      { client: { ...temporal([]), workflowService: {} } as unknown as Client },
    )
    await expect(environment.run(ProcessMediaByProcedure, submission)).rejects.toThrow(
      /recordActivityTaskHeartbeat/,
    )
    expect(asked).toBe(0)
  })
})

describe('a refusal whose reason passes by itself', () => {
  const passing = [
    'AuthFailure.TokenFailure',
    'AuthFailure.SignatureExpire',
    'AuthFailure.SecretIdNotFound',
    'FailedOperation.InvalidVodUser',
    'InvalidParameterValue.FileId',
    'ResourceNotFound.FileNotExist',
  ]
  const duplicate = 'InvalidParameterValue.SessionId'

  /** Attempts of one activity, as Temporal makes them, until one is not retried. */
  async function attempts(given: Partial<typeof submission> = {}) {
    const waits: number[] = []
    let info: Partial<Info> = {}
    for (let attempt = 1; ; attempt++) {
      const { result, heartbeats } = send({ ...info, attempt }, given)
      const failure = await result.catch((error) => error)
      if (!(failure instanceof ApplicationFailure) || failure.nonRetryable) return { waits, last: failure }
      if (failure.type === 'transient' && failure.nextRetryDelay) waits.push(Number(failure.nextRetryDelay))
      // Temporal keeps those of an earlier attempt.
      if (heartbeats.length > 0) info = { heartbeatDetails: heartbeats.at(-1) }
    }
  }

  it.each(passing)('%s is sent again, and taken', async (code) => {
    answers = [code, code, accepted]
    const { waits, last } = await attempts()
    expect(waits).toEqual([1_000, 2_000])
    expect(last).toMatchObject({ kind: 'accepted' })
  })

  it.each(passing)('%s is believed after a quarter of a minute', async (code) => {
    answers = Array.from({ length: 9 }, () => code)
    const { waits, last } = await attempts()
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000])
    expect(last).toMatchObject({ type: 'permanent', nonRetryable: true, details: [{ code }] })
    expect(asked).toBe(5)
  })

  it('is counted apart from others', async () => {
    answers = [
      'AuthFailure.TokenFailure',
      'RequestLimitExceeded',
      'InvalidParameterValue.FileId',
      'ResourceUnavailable',
      permanent,
    ]
    const { last } = await attempts()
    expect(last).toMatchObject({ type: 'permanent', nonRetryable: true, details: [{ code: permanent }] })
  })

  it('proves nothing after an attempt of which nothing is known', async () => {
    answers = [
      'AuthFailure.TokenFailure',
      'InternalError',
      ...Array.from({ length: 9 }, () => 'InvalidParameterValue.FileId'),
    ]
    const { last } = await attempts()
    expect(last).toMatchObject({ kind: 'doubtful', refusal: expect.stringContaining('FileId') })
  })

  it('may use up its SessionId: then it is believed if the listing shows no task', async () => {
    answers = ['InvalidParameterValue.FileId', duplicate]
    const { last } = await attempts()
    expect(last).toMatchObject({
      kind: 'doubtful',
      believedUnlessFound: {
        type: 'permanent',
        message: expect.stringMatching(/FileId.*used up its SessionId.*run it again/),
      },
    })
  })

  it('says nothing of a duplicate under an idempotencyKey: another workflow may have sent meanwhile', async () => {
    answers = ['InvalidParameterValue.FileId', duplicate]
    const { last } = await attempts(keyed)
    expect(last).toMatchObject({ kind: 'duplicate' })
  })

  it('leaves a duplicate what it is where an earlier attempt may have been accepted', async () => {
    answers = ['InternalError', 'InvalidParameterValue.FileId', duplicate]
    const { last } = await attempts()
    expect(last).toMatchObject({ kind: 'duplicate' })
  })

  it('is sent again no later than the input says', async () => {
    answers = ['InvalidParameterValue.FileId', accepted]
    const { last } = await attempts({ input: { ...submission.input, delays: { refusals: [] } } })
    expect(last).toMatchObject({ type: 'permanent', nonRetryable: true })
  })
})

it.each(['RequestLimitExceeded', 'ResourceUnavailable'])(
  '%s is remembered as a refusal that did nothing',
  async (code) => {
    answers = [code]
    const { result, heartbeats } = send()
    await expect(result).rejects.toMatchObject({ nonRetryable: false })
    expect(heartbeats).toEqual([{ refused: true }])
  },
)

it.each(['InternalError', 'ClientError.Timeout', 'Brand.New'])(
  '%s is not: the next attempt must doubt',
  async (code) => {
    answers = [code]
    const { result, heartbeats } = send()
    await expect(result).rejects.toMatchObject({ type: 'ambiguous', nonRetryable: false })
    expect(heartbeats).toEqual([])
  },
)

describe('an error in the code of vodflow', () => {
  const bugs: readonly (readonly [string, Partial<ActivityContext>])[] = [
    ['in what seals the request', { macKeys: undefined as never }],
    [
      'in what finds the client',
      {
        clientFor: () => {
          throw new ReferenceError('x is not defined')
        },
      },
    ],
  ]

  it.each(bugs)('%s, before the first send, fails the run at once and asks for a report', async (_, bug) => {
    await expect(send({}, {}, {}, bug).result).rejects.toMatchObject({
      type: 'permanent',
      nonRetryable: true,
      message: expect.stringMatching(/(Type|Reference)Error: .*nothing was sent.*report/),
      details: [{ code: 'VodflowBug', action: 'ProcessMediaByProcedure' }],
      stack: expect.stringMatching(/^(Type|Reference)Error: /),
      cause: undefined,
    })
    expect(asked).toBe(0)
  })

  it.each(bugs)(
    '%s, after an attempt of which nothing is known, leaves it to the listing',
    async (_, bug) => {
      expect(await send({ attempt: 2 }, {}, {}, bug).result).toMatchObject({
        kind: 'doubtful',
        refusal: expect.stringContaining('report'),
      })
      expect(asked).toBe(0)
    },
  )

  it('after the send proves nothing: the task may be there', async () => {
    answers = [undefined as never]
    const failure = await send().result.catch((error) => error)
    expect(failure.type).toBe('TypeError')
    expect(asked).toBe(1)
    const address = { ...submission, isRunOfStep: true, account: 'default' }
    const submitting = { send: { action: 'ProcessMediaByProcedure', input: submission.input } as const }
    expect(submitFailed(address, submitting, failure)).toMatchObject({ type: 'unanswered', sent: true })
  })
})

describe('where an earlier send may be older than VOD knows a SessionId, less a day', () => {
  it.each([
    [
      'a retry of an activity that waited for a worker',
      { attempt: 2, scheduledTimestampMs: Date.now() - 6 * day - 1_000 },
      {},
    ],
    ['a reset of an old run', {}, later(longAgo)],
    ['a reset of an old run, under an idempotencyKey', {}, { ...keyed, ...later(longAgo) }],
    ['a reset of an activity that was scheduled long ago', resetSince(longAgo), {}],
    [
      'a reset of the workflow of one',
      { ...resetSince(longAgo), workflowExecution: { workflowId: 'w', runId: 'new' } },
      {},
    ],
    ['an activity after one of long ago that got no answer', {}, goesOn(longAgo)],
    [
      'one of them whose workflow was reset',
      { ...resetSince(Date.now()), workflowExecution: { workflowId: 'w', runId: 'new' } },
      goesOn(longAgo),
    ],
    ['a workflow retry of a run that began long ago', {}, later(), longAgo],
    ['a workflow retry of a run that Temporal has forgotten', {}, later()],
  ] as [string, Partial<Info>, Partial<typeof submission>, number?][])(
    '%s sends nothing',
    async (_, info, given, firstStartedAt) => {
      expect(await send(info, given, { firstStartedAt }).result).toMatchObject({
        kind: 'doubtful',
        refusal: expect.stringContaining('DedupExpired'),
      })
      expect(asked).toBe(0)
    },
  )

  it.each([
    ['a reset of a run of yesterday', {}, later(Date.now() - day)],
    ['a workflow retry of a run of yesterday', {}, later(), Date.now() - day],
    ['a reset of an activity that was scheduled yesterday', resetSince(Date.now() - day), {}],
    ['an activity after one of yesterday that got no answer', {}, goesOn(Date.now() - day)],
    [
      'one of them that waited for a worker since',
      { scheduledTimestampMs: Date.now() - 6 * day - 1_000 },
      goesOn(Date.now() - day),
    ],
    ['a first send under an idempotencyKey', {}, keyed],
  ] as [string, Partial<Info>, Partial<typeof submission>, number?][])(
    '%s is sent, and VOD tells what it knows',
    async (_, info, given, firstStartedAt) => {
      answers = ['InvalidParameterValue.SessionId']
      expect(await send(info, given, { firstStartedAt }).result).toMatchObject({ kind: 'duplicate' })
    },
  )

  it('is 3 days less one for actions other than ProcessMediaByProcedure', async () => {
    const environment = new MockActivityEnvironment(
      { ...own, taskQueue: 'vodflow.default.submit' },
      { client: temporal([]) },
    )
    const request = { FileId: '528', MediaProcessTask: {} }
    const given = { ...submission, ...later(Date.now() - 2 * day - 1_000), input: { request } }
    expect(await environment.run(ProcessMedia, given)).toMatchObject({ kind: 'doubtful' })
    expect(asked).toBe(0)
  })

  it('a first send that waited long for a worker is sent: there was no earlier one', async () => {
    answers = [accepted]
    expect(await send({ scheduledTimestampMs: Date.now() - 30 * day }).result).toMatchObject({
      kind: 'accepted',
    })
  })
})

describe('an old run of which Temporal keeps every execution', () => {
  const other = { key: '0/529/one' }

  it.each([
    ['no step', []],
    ['other steps', [other]],
    ['another attempt of the step', [other, { attempt: 2 }]],
  ] as [string, Partial<typeof submission>[]][])(
    'that has scheduled %s before sends this one, and believes a refusal',
    async (_, scheduled) => {
      answers = [accepted, permanent]
      expect(await send({}, later(longAgo), { scheduled }).result).toMatchObject({ kind: 'accepted' })
      await expect(send({}, later(longAgo), { scheduled }).result).rejects.toMatchObject({
        nonRetryable: true,
      })
    },
  )

  it.each([
    ['has scheduled it before', {}, {}, [other, {}]],
    ['has had no answer to it', {}, goesOn(longAgo), [other]],
    ['was reset while it was pending', { workflowExecution: { workflowId: 'w', runId: 'new' } }, {}, [other]],
  ] as [string, Partial<Info>, Partial<typeof submission>, Partial<typeof submission>[]][])(
    'and %s sends nothing, and believes no refusal of a younger one',
    async (_, info, given, scheduled) => {
      expect(await send(info, { ...given, ...later(longAgo) }, { scheduled }).result).toMatchObject({
        kind: 'doubtful',
        expired: true,
      })
      expect(asked).toBe(0)
      answers = [permanent]
      expect(await send(info, { ...given, ...later(Date.now()) }, { scheduled }).result).toMatchObject({
        kind: 'doubtful',
        refusal: expect.stringContaining(permanent),
      })
    },
  )

  it.each([
    ['the listing may lack an execution', { lags: true }],
    ['one of them cannot be read', { codecs: [{ encode: async (all: Payload[]) => all, decode: refusing }] }],
  ] as [string, Partial<Records>][])('proves nothing where %s', async (_, records) => {
    const given = { scheduled: [other], ...records }
    expect(await send({}, later(longAgo), given).result).toMatchObject({ kind: 'doubtful', expired: true })
    expect(asked).toBe(0)
  })
})

async function refusing(): Promise<Payload[]> {
  throw new Error('no such key')
}

it('a codec is told whose payloads it takes', async () => {
  answers = [permanent]
  const owners: unknown[] = []
  const codec: PayloadCodec = {
    async encode(payloads, owner) {
      owners.push(owner)
      return payloads
    },
    decode: async (payloads) => payloads,
  }
  const { result } = send(
    { attempt: 3, activityId: '7', heartbeatDetails: { refused: true } },
    {},
    { codecs: [codec] },
  )
  await expect(result).rejects.toMatchObject({ nonRetryable: true })
  expect(owners).toEqual([
    { type: 'activity', namespace: 'default', workflowId: 'w', activityId: '7', isLocal: false },
  ])
})
