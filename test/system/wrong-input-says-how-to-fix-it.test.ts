import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NativeConnection } from '@temporalio/worker'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { polledBy } from '../../src/client/pollers.js'
import { taskQueueType } from '../../src/temporal/enums.js'
import { createVodflowWorker } from '../../src/worker/index.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'ffmpeg', reviewTime: 20 })
})
/** A refusal that may pass is final sooner. */
const delays = { refusals: [20, 20] }

afterEach(() => {
  system.vod.faults.clear()
  Object.assign(system.vod.switches, { failedValidationUsesSessionId: false, dedupBeforeValidation: false })
  system.vod.clock.set(Date.now())
})
afterAll(() => system.close())

describe('VOD refuses, and the run says what and how to fix it', () => {
  it('no such template', async () => {
    const run = await system.vodflow.process({ FileId: await system.media(), ProcedureName: 'nowhere' })
    await expect(run.result()).rejects.toThrow(/InvalidParameterValue\.ProcedureName.*Create the template/s)
  })

  it('no such media', async () => {
    const run = await system.vodflow.process(
      { FileId: '5285485487985271487', ProcedureName: 'one' },
      { delays },
    )
    await expect(run.result()).rejects.toThrow(/InvalidParameterValue\.FileId.*SubAppId/s)
  })

  it('the wrong sub-app', async () => {
    const request = { FileId: await system.media(), ProcedureName: 'one', SubAppId: 1_400_000_000 }
    const run = await system.vodflow.process(request, { delays })
    await expect(run.result()).rejects.toThrow(/InvalidParameterValue\.FileId.*SubAppId/s)
  })

  it('a clock that is 10 minutes off', async () => {
    system.vod.clock.advance(10 * 60_000)
    const request = { FileId: await system.media(), ProcedureName: 'one' }
    const run = await system.vodflow.process(request, { delays })
    await expect(run.result()).rejects.toThrow(/AuthFailure\.SignatureExpire.*clock/s)
  })

  it('a refused call that used up its SessionId', async () => {
    Object.assign(system.vod.switches, { failedValidationUsesSessionId: true, dedupBeforeValidation: true })
    const run = await system.vodflow.process(
      { FileId: '5285485487985271488', ProcedureName: 'one' },
      { delays: { ...delays, listings: [100], listingsGiveUp: 1_000 } },
    )
    await expect(run.result()).rejects.toThrow(/InvalidParameterValue\.FileId.*used up its SessionId/s)
  })
})

describe('VOD refuses for a reason that passes, and the run goes on', () => {
  const action = 'ProcessMediaByProcedure'

  it.each([
    'InvalidParameterValue.FileId',
    'AuthFailure.TokenFailure',
    'AuthFailure.SignatureExpire',
    'AuthFailure.SecretIdNotFound',
    'FailedOperation.InvalidVodUser',
  ])('%s', async (code) => {
    system.vod.faults.add({ kind: 'error', action, code, times: delays.refusals.length })
    const FileId = await system.media()
    const run = await system.vodflow.process({ FileId, ProcedureName: 'one' }, { delays })
    expect(await run.result()).toMatchObject({ attempts: [{ attempt: 1, recovered: false }] })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })
})

describe('an account without good keys', () => {
  it('a worker with wrong keys does not start, and names them without showing them', async () => {
    const connection = await NativeConnection.connect({ address: system.temporal.address })
    const credentials = { secretId: 'nobody', secretKey: 'nothing' }
    const worker = await createVodflowWorker({
      connection,
      accounts: { wrong: { endpoint: system.vod.endpoint, credentials } },
      macKeys: system.macKeys,
    })
    const error = await worker.run().catch((thrown) => thrown)
    expect(error.message).toMatch(
      /accounts\.wrong\.credentials: VOD refuses them \(AuthFailure\.SecretIdNotFound.*TENCENTCLOUD_SECRET_ID/s,
    )
    expect(JSON.stringify(error) + error.stack).not.toMatch(/nobody|nothing/)
    const queue = { name: 'vodflow.wrong.submit', kind: taskQueueType.activity }
    expect((await polledBy(system.vodflow.client, queue)).pollers).toEqual([])
    await connection.close()
  })

  it('a worker that can get no keys does not start, and says where it looked', async () => {
    vi.stubEnv('HOME', '/nowhere')
    for (const name of ['SECRET_ID', 'SECRET_KEY']) vi.stubEnv(`TENCENTCLOUD_${name}`, undefined)
    const connection = await NativeConnection.connect({ address: system.temporal.address })
    const accounts = { none: { endpoint: system.vod.endpoint } }
    const worker = await createVodflowWorker({ connection, accounts, macKeys: system.macKeys })
    await expect(worker.run()).rejects.toThrow(
      /accounts\.none\.credentials: are missing \(none found in the environment, .*TENCENTCLOUD_SECRET_ID/s,
    )
    vi.unstubAllEnvs()
    await connection.close()
  })
})

it.each<[unknown, RegExp]>([
  [undefined, /^input: is missing; pass \{ request: /],
  ...['idempotency_key', 'IdempotencyKey', 'idempotencykey', 'on_partial', 'Key'].map(
    (name) =>
      [
        { request: { FileId: '1', ProcedureName: 'one' }, [name]: 'order-42' },
        new RegExp(`^${name}: is not known; write (idempotencyKey|onPartial|key)`),
      ] satisfies [unknown, RegExp],
  ),
  [
    { request: { FileId: '1', ProcedureName: 'one' }, SubAppId: 1_500_000_001 },
    /SubAppId: is not known; the fields of VOD belong in request/,
  ],
  ...['Default', '', 'a b', 'x'.repeat(33), 5, null].map(
    (account) =>
      [
        { request: { FileId: '1', ProcedureName: 'one' }, account },
        /account: is [^;]+; pass 1 to 32/,
      ] satisfies [unknown, RegExp],
  ),
  [{ request: { ProcedureName: 'one' } }, /request\.FileId: is missing; pass FileId or MediaStoragePath/],
  [
    { request: { ProcedureName: 'one', FileId: '1', TasksPriority: 11 } },
    /request\.TasksPriority: is 11; pass a whole number from -10 to 10/,
  ],
  [{ request: { ProcedureName: 'one', FileId: '1' }, delays: { looks: 'soon' } }, /delays\.looks/],
  [
    { request: { ProcedureName: 'one', FileId: '1', SessionContext: 'x'.repeat(900) } },
    /SessionContext: has 900 characters, but the token of this run leaves only \d+/,
  ],
])('a run that was started by name with bad input %# fails at once', async (input, message) => {
  const workflow = {
    workflowId: `bad-${Math.random()}`,
    taskQueue: 'vodflow',
    args: input === undefined ? [] : [input],
  }
  const error = await system.vodflow.client.workflow
    .execute('processMediaByProcedure', workflow)
    .catch((error) => error)
  expect(String(error.cause?.message)).toMatch(message)
})

it('a broken video ends failed, with the documented code', async () => {
  const path = join(tmpdir(), `vodflow-broken-${process.pid}.mp4`)
  await writeFile(path, 'this is not a video')
  const { FileId } = await system.vod.upload(path)
  const outcome = await (await system.vodflow.process({ FileId, ProcedureName: 'one' })).result()
  expect(outcome.status).toBe('failed')
  expect(outcome.tasks[0]?.parts[0]?.ErrCodeExt).toMatch(/^SourceFileError/)
  expect(outcome.reason).toContain('SourceFileError')
})

it('a worker without a MAC key does not start', async () => {
  const connection = await NativeConnection.connect({ address: system.temporal.address })
  const options = { connection, accounts: { default: {} }, macKeys: undefined as never }
  await expect(createVodflowWorker(options)).rejects.toThrow(/macKeys: missing.*VODFLOW_MAC_KEYS/)
  await connection.close()
})
