import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { activityNames } from '../../src/activities/index.js'
import { VodflowPlugin, type VodflowPluginOptions } from '../../src/worker/index.js'
import { processMediaByProcedure } from '../../src/workflows/index.js'
import { type System, startSystem } from '../support/system.js'
import { pathOf, startTheirs, type Theirs } from '../support/theirs.js'
import { bundleOf } from '../support/workflowCode.js'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

let system: System
let theirs: Theirs
let receiver: Receiver

/** A system of somebody else that takes webhooks. */
interface Receiver {
  readonly url: string
  readonly got: { readonly headers: Record<string, string>; readonly body: string }[]
  /** Statuses of the next answers, and when to come again; then 204. */
  readonly answers: (number | readonly [status: number, retryAfter: string])[]
  readonly server: Server
}

function startReceiver(): Promise<Receiver> {
  const got: Receiver['got'] = []
  const answers: Receiver['answers'] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      got.push({ headers: request.headers as Record<string, string>, body })
      const [status, retryAfter] = [answers.shift() ?? 204].flat() as [number, string?]
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end()
    })
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?key=not-for-logs`
      resolve({ url, got, answers, server })
    }),
  )
}

beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 300 })
  receiver = await startReceiver()
  theirs = await startTheirs(system, 'pipelines', {
    servedElsewhere: ['default'],
    webhooks: { default: { url: receiver.url, secret } },
  })
})
afterAll(async () => {
  await theirs.close()
  receiver.server.close()
  await system.close()
})
afterEach(() => {
  receiver.got.length = 0
  receiver.answers.length = 0
})

const failureOf = async (run: Promise<unknown>) => {
  const error = await run.then(
    () => undefined,
    (error) => error,
  )
  const chain: string[] = []
  for (let cause = error; cause; cause = cause.cause) chain.push(`${cause.type ?? ''} ${cause.message}`)
  return chain.join('\n')
}

describe('any synchronous action', () => {
  it('is an activity of its own name, and answers as VOD does', async () => {
    const FileId = await system.media('a clip')
    const answer = await theirs.run('call', 'DescribeMediaInfos', { FileIds: [FileId] })
    expect(answer).toMatchObject({ MediaInfoSet: [{ FileId, BasicInfo: { Name: 'a clip' } }] })
  })

  it('is read again when the answer is lost', async () => {
    system.vod.faults.add({ kind: 'loseReply', action: 'SearchMedia', times: 1 })
    expect(await theirs.run('call', 'SearchMedia', { Limit: 1 })).toHaveProperty('TotalCount')
  })

  it.each([
    ['describeMediaInfos', 'UnknownAction', 'spelling'],
    ['PullUpload', 'InvalidInput', 'pullUpload'],
    ['DescribeTaskDetail', 'InvalidInput', 'adoptTask'],
  ])('%s is refused at once, with what to do', async (action, type, words) => {
    const failure = await failureOf(theirs.run('call', action, {}))
    expect(failure).toContain(type)
    expect(failure).toContain(words)
  })

  it.each([
    ['DeleteMedia', 'allows', /NotAllowed .*--allow DeleteMedia/],
    ['DescribeMediaInfo', 'knows', /UnknownAction DescribeMediaInfo .*spelling/],
  ])('%s, which no worker %s, is refused after a few attempts, with what to do', async (action, _, said) => {
    expect(await failureOf(theirs.run('call', action, {}))).toMatch(said)
  })

  it.each([
    [{ acount: 'second' }, 'options.acount', 'write account'],
    [{ SubAppId: 1 }, 'options.SubAppId', 'check its spelling'],
    [{ account: 'a b' }, 'options.account', 'pass'],
    ['second', 'options', 'pass { account }'],
  ])('with the options %j is refused', async (options, field, remedy) => {
    const failure = await failureOf(theirs.run('call', 'SearchMedia', { Limit: 1 }, options))
    expect(failure).toContain(`InvalidInput ${field}: `)
    expect(failure).toContain(remedy)
  })

  it('without a request says so', async () => {
    expect(await failureOf(theirs.run('call', 'SearchMedia', null))).toContain('the request is missing')
  })
})

describe('writes, on a worker that allows them', () => {
  const allowed = 'writes'
  let writers: Theirs

  beforeAll(async () => {
    const account = accountOf(system)
    writers = await startTheirs(system, 'writes', {
      accounts: { [allowed]: account },
      macKeys: system.macKeys,
      sweep: false,
      allow: ['ModifyMediaInfo', 'DeleteMedia', 'CreateProcedureTemplate'],
    })
  })
  afterAll(() => writers.close())

  const run = (action: string, request: object) => writers.run('write', action, request, allowed)

  it('modify, then delete: each again after a lost answer, since it does the same', async () => {
    const FileId = await system.media()
    for (const action of ['ModifyMediaInfo', 'DeleteMedia'])
      system.vod.faults.add({ kind: 'loseReply', action, times: 1 })
    await run('ModifyMediaInfo', { FileId, Name: 'renamed' })
    const { MediaInfoSet } = await system.vodClient.call('DescribeMediaInfos', { FileIds: [FileId] })
    expect(MediaInfoSet[0]).toMatchObject({ BasicInfo: { Name: 'renamed' } })
    await run('DeleteMedia', { FileId })
    const after = await system.vodClient.call('DescribeMediaInfos', { FileIds: [FileId] })
    expect(after.NotExistFileIdSet).toEqual([FileId])
  })

  it('what would be done twice is not tried again when nobody knows whether it was done', async () => {
    system.vod.faults.add({ kind: 'loseReply', action: 'CreateProcedureTemplate', times: 1 })
    const before = system.vod
      .books()
      .calls.filter(({ action }) => action === 'CreateProcedureTemplate').length
    const failure = await failureOf(run('CreateProcedureTemplate', { Name: 'three', MediaProcessTask: {} }))
    expect(failure).toContain('ambiguous')
    expect(
      system.vod.books().calls.filter(({ action }) => action === 'CreateProcedureTemplate'),
    ).toHaveLength(before + 1)
  })

  it('and is, when it was certainly refused', async () => {
    system.vod.faults.add({
      kind: 'error',
      action: 'CreateProcedureTemplate',
      code: 'RequestLimitExceeded',
      times: 2,
    })
    await run('CreateProcedureTemplate', { Name: 'four', MediaProcessTask: {} })
    const { ProcedureTemplateSet } = await system.vodClient.call('DescribeProcedureTemplates', {
      Names: ['four'],
    })
    expect(ProcedureTemplateSet).toHaveLength(1)
  })
})

describe('a webhook', () => {
  it('is signed as Standard Webhooks asks', async () => {
    const { id } = (await theirs.run('tells', 'episode.published', { FileId: '528' })) as { id: string }
    const [hook] = receiver.got
    const body = new Webhook(secret).verify(hook?.body ?? '', hook?.headers ?? {})
    expect(body).toMatchObject({ type: 'episode.published', data: { FileId: '528' } })
    expect(hook?.headers['webhook-id']).toBe(id)
  })

  it('comes again until it is taken, with the same id', async () => {
    receiver.answers.push(500, 302)
    await theirs.run('tells', 'episode.published', {}, { retryDelays: ['50ms', 50, 50] })
    expect(receiver.got).toHaveLength(3)
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(receiver.got.map(({ body }) => body)).size).toBe(1)
  })

  const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString()
  it.each([
    [429, '7200', [7_200, 7_200]],
    [503, '120', [120, 120]],
    [503, inAnHour(), [3_500, 3_600]],
    [429, '99999999999', [86_400, 86_400]],
    [503, 'Fri, 31 Dec 9999 23:59:59 GMT', [86_400, 86_400]],
    [429, '1', [60, 60]],
    [503, '-5', [60, 60]],
    [429, 'soon', [60, 60]],
    [429, 'Thu, 01 Jan 1970 00:00:00 GMT', [60, 60]],
    [500, '7200', [60, 60]],
  ] as const)(
    'that is answered %i, Retry-After: %s, waits %j seconds',
    async (status, retryAfter, [least, most]) => {
      receiver.answers.push([status, retryAfter])
      const workflowId = await theirs.start('tells', 'episode.published', {}, { retryDelays: [60_000] })
      const handle = system.vodflow.client.workflow.getHandle(workflowId)
      const wait = async () => {
        const { pendingActivities } = (await handle.describe()).raw
        return Number(pendingActivities?.[0]?.currentRetryInterval?.seconds ?? 0)
      }
      await expect.poll(wait).toBeGreaterThan(0)
      expect(await wait()).toBeGreaterThanOrEqual(least)
      expect(await wait()).toBeLessThanOrEqual(most)
      await handle.terminate()
    },
  )

  it('said twice in the same words is two, which a receiver does not take for one', async () => {
    const [first, second] = (await theirs.run('tellsTwice', 'reminder', {})) as { id: string }[]
    expect(receiver.got.map(({ headers }) => headers['webhook-id'])).toEqual([first?.id, second?.id])
    expect(first?.id).not.toBe(second?.id)
  })

  it.each([
    [{ type: '' }, 'type'],
    [{ type: 'episode.published\nX: y' }, 'type'],
    [{ type: 'episode\u0000' }, 'type'],
    [{ type: null }, 'type'],
    [{ retryDelays: ['soon'] }, 'retryDelays.0'],
    [{ retrydelays: [5] }, 'retrydelays'],
    [{ endpont: 'other' }, 'endpont'],
    [{ endpoint: 5 }, 'endpoint'],
    [{ key: 5 }, 'key'],
    [{ idempotencyKey: 'a' }, 'idempotencyKey'],
  ])('that cannot be meant is refused: %j', async (more, field) => {
    expect(await failureOf(theirs.run('tells', 'x', {}, more))).toMatch(new RegExp(`InvalidInput ${field}: `))
  })

  it.each([
    ['Undelivered', [500, 500, 500], { retryDelays: [10] }],
    ['Gone', [410], {}],
    ['InvalidInput', [], { endpoint: 'other' }],
  ])('ends as %s', async (type, answers, more) => {
    receiver.answers.push(...answers)
    const failure = await failureOf(theirs.run('tells', 'x', {}, more))
    expect(failure).toContain(type)
    expect(failure).not.toContain('not-for-logs')
  })

  it('tells of a gate that opened', async () => {
    const moderation = { Suggestion: 'review', verdicts: [] }
    await theirs.run('told', { moderation, remindAfter: [100], deadline: 2_000 })
    expect(receiver.got.map(({ body }) => JSON.parse(body).type)).toEqual(['gate.opened', 'gate.reminder'])
  })
})

describe('a worker that runs until something that has happened already', () => {
  it.each([
    ['other workers do the calls', () => ({ servedElsewhere: ['default'] })],
    ['it does the calls', () => ({ accounts: { own: accountOf(system) }, macKeys: system.macKeys })],
  ])(
    'ends, where %s',
    async (_, options) => {
      // In one process Temporal takes a queue once for each connection.
      const connection = await NativeConnection.connect({ address: system.temporal.address })
      const worker = await Worker.create({
        connection,
        taskQueue: 'ended',
        workflowBundle: await bundleOf(pathOf('pipelines')),
        plugins: [new VodflowPlugin(options())],
      })
      expect(await worker.runUntil(Promise.resolve('done'))).toBe('done')
      expect(worker.getState()).toBe('STOPPED')
      await connection.close()
    },
    60_000,
  )
})

describe('what cannot work fails at once, and says what to do', () => {
  const create = async (more: object) =>
    Worker.create({
      connection: system.worker.connection,
      taskQueue: 'x',
      workflowBundle: await bundleOf(pathOf('pipelines')),
      ...more,
    })
  const plugin = (options: VodflowPluginOptions = { servedElsewhere: [] }) => new VodflowPlugin(options)

  it('a step outside a workflow', async () => {
    await expect(
      processMediaByProcedure({ request: { FileId: '528', ProcedureName: 'one' } }),
    ).rejects.toThrow('works inside a workflow only')
  })

  it.each(activityNames)('an activity of theirs named %s', async (name) => {
    const activities = { [name]: async () => {} }
    await expect(create({ plugins: [plugin()], activities })).rejects.toThrow(
      `"${name}" is an activity of yours and of vodflow`,
    )
  })

  it('a plugin that is registered twice', async () => {
    await expect(create({ plugins: [plugin(), plugin()] })).rejects.toThrow('registered twice')
    const workflowsPath = pathOf('pipelines')
    await expect(
      (async () => bundleWorkflowCode({ workflowsPath, plugins: [plugin(), plugin()] }))(),
    ).rejects.toThrow('registered twice')
  })

  it('an activity of theirs with our name', async () => {
    const activities = { sendWebhook: async () => {} }
    await expect(create({ activities, plugins: [plugin()] })).rejects.toThrow('"sendWebhook"')
  })

  it('a queue that nobody polls', async () => {
    const worker = await create({ plugins: [plugin({ servedElsewhere: ['nobody'] })] })
    await expect(worker.run()).rejects.toThrow('vodflow.nobody.submit')
  })

  it('no account, no key, and a webhook without a secret', () => {
    expect(() => plugin({} as VodflowPluginOptions)).toThrow('servedElsewhere')
    expect(() => plugin({ accounts: {}, macKeys: system.macKeys })).toThrow('accounts')
    expect(() => plugin({ accounts: { default: {} } } as unknown as VodflowPluginOptions)).toThrow('macKeys')
    const bad = { default: { url: 'https://user:pass@x', secret: 'plain' } }
    expect(() => plugin({ servedElsewhere: [], webhooks: bad })).toThrow(
      /webhooks\.default\.url[\s\S]*webhooks\.default\.secret/,
    )
  })

  it.each([
    ['the plugin', 'bare', [], "needs vodflow's plugin"],
    [
      'the plugin, and with workflows that were bundled with it',
      'half',
      [plugin()],
      'not registered on worker',
    ],
  ])('a worker without %s: the run goes on once it has it', async (_, taskQueue, plugins, complaint) => {
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: pathOf('pipelines'),
      plugins,
      logger: new DefaultLogger('ERROR'),
    })
    const FileId = await system.media()
    const bare = await create({ workflowBundle, taskQueue })
    const handle = await system.vodflow.client.workflow.start('settles', {
      workflowId: `bare-${Math.random()}`,
      taskQueue,
      args: [FileId, false],
    })
    await bare.runUntil(async () => {
      await expect.poll(async () => JSON.stringify((await handle.fetchHistory()).events)).toContain(complaint)
    })
    const mended = await create({ taskQueue, plugins: [plugin()] })
    expect(await mended.runUntil(handle.result())).toBe('succeeded')
  })

  it('continue-as-new while a step waits; a step that has settled needs nothing', async () => {
    expect(await failureOf(theirs.run('leaves', await system.media()))).toMatch(
      /StepPending .*await it, or cancel/,
    )
    expect(await theirs.run('settles', await system.media())).toBe('succeeded')
  })
})

describe('a workflow function that returns while something goes on', () => {
  it.each([
    ['step', /before this ended: .* \(being submitted\); await it/],
    ['stepsOfForEach', /: a \(.*; e \(.*; 2 more; await it/],
    ['gate', /: review gate review; await it/],
    ['write', /: callVod\('ModifyMediaInfo'\); await it/],
    ['notification', /: notify x; await it/],
  ])('fails: %s', async (what, named) => {
    const failure = await failureOf(theirs.run('forgets', what, await system.media()))
    expect(failure).toMatch(/NotAwaited .*reset the run/)
    expect(failure).toMatch(named)
  })

  it.each(['read', 'canceledStep', 'canceledGateAndCalls', 'callbackOfGate'])(
    'ends well: %s',
    async (what) => {
      receiver.answers.push(503, 503)
      expect(await theirs.run('forgets', what, await system.media())).toBe('done')
    },
  )
})

it('the companions of a plugin do the calls of its accounts, and stop with its worker', async () => {
  const account = accountOf(system)
  const own = await startTheirs(system, 'composed', {
    accounts: { own: account },
    macKeys: system.macKeys,
    sweep: false,
  })
  const FileId = await system.media()
  const input = { request: { FileId, ProcedureName: 'two' }, account: 'own' }
  expect(await own.run('sideBySide', [input])).toMatchObject([{ status: 'succeeded' }])
  await own.close()
})

function accountOf({ vod, environment }: System) {
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } = environment
  return { endpoint: vod.endpoint, credentials: { secretId, secretKey } }
}
