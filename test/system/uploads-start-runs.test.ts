import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  createDelivery,
  createPushHandler,
  createUploadRule,
  startCallbackServer,
  type UploadRule,
} from '../../src/callbacks/index.js'
import type { UploadReport } from '../../src/workflows/index.js'
import { createTemplates, type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

let system: System
let theirs: Theirs
let rule: UploadRule
let close: () => Promise<void>

const delays = { uploadTasks: 50 }

beforeAll(async () => {
  system = await startSystem()
  theirs = await startTheirs(system, 'uploads')
  const { client } = system.vodflow
  rule = createUploadRule({
    client,
    rule: { work: { ProcedureName: 'one' }, match: { namePrefix: 'episode' }, delays },
  })
  const handler = createPushHandler({
    keys: system.macKeys,
    deliver: createDelivery({ client }),
    onOther: rule,
  })
  const server = await startCallbackServer({ handler, port: 0 })
  close = () => server.close()
  await system.vodClient.call('ModifyEventConfig', {
    Mode: 'PUSH',
    NotificationUrl: server.url,
    UploadMediaCompleteEventSwitch: 'ON',
  })
})
afterAll(async () => {
  await close()
  await theirs.close()
  await system.close()
})

const reportOf = async (FileId: string): Promise<UploadReport> => {
  const handle = system.vodflow.client.workflow.getHandle(`upload/default/${FileId}`)
  await expect
    .poll(
      () =>
        handle.describe().then(
          ({ type }) => type,
          () => '',
        ),
      { timeout: 60_000 },
    )
    .toBe('processUpload')
  return handle.result()
}
const upload = (FileId: string) => ({ json: { EventType: 'NewFileUpload', FileUploadEvent: { FileId } } })
const announced = (FileId: string) => rule(upload(FileId))

it('an upload is processed, once, however often it is announced', async () => {
  const FileId = await system.media('episode 1')
  expect(await reportOf(FileId)).toMatchObject({ status: 'processed', outcome: { status: 'succeeded' } })
  const before = rule.counts()
  await announced(FileId)
  await announced(FileId)
  expect(rule.counts()).toEqual({ ...before, known: before.known + 2 })
  expect(system.tasksOf(FileId)).toHaveLength(1)
})

it.each([
  ['ends with half a character', 'episode \ud83d'],
  ['is very long', `episode ${'x'.repeat(100_000)}`],
])('an upload whose name %s is processed', async (_, name) => {
  const FileId = await system.media(name)
  expect(await reportOf(FileId)).toMatchObject({ status: 'processed', outcome: { status: 'succeeded' } })
})

it.each([
  ['canceled', 'CANCELLED'],
  ['terminated', 'TERMINATED'],
] as const)('a run that an operator has %s is not started again by an event', async (_, status) => {
  const FileId = await system.media(`episode ${status}`)
  const { workflow } = system.vodflow.client
  // A rule whose run waits until an operator has ended it.
  const waits = createUploadRule({
    client: system.vodflow.client,
    rule: { name: 'waits', work: { ProcedureName: 'one' }, delays: { uploadTasks: 600_000 } },
  })
  await waits(upload(FileId))
  const handle = workflow.getHandle(`upload/waits/${FileId}`)
  await expect.poll(async () => (await handle.describe()).historyLength).toBeGreaterThan(8)
  if (status === 'CANCELLED') await handle.cancel()
  else await handle.terminate('not this film')
  await expect.poll(async () => (await handle.describe()).status.name).toBe(status)
  for (let n = 0; n < 2; n++) await waits(upload(FileId))
  expect(waits.counts()).toEqual({ started: 1, known: 2, refused: 0, taken: 0 })
  expect((await handle.describe()).status.name).toBe(status)
})

it('of format 2.0 is processed too; an odd one is not, and starts nothing', async () => {
  const FileId = await system.media('episode of 2017')
  const { started } = rule.counts()
  const odd = [
    { eventType: 'NewFileUpload', data: null },
    { eventType: 'NewFileUpload', data: [{ fileId: FileId }] },
    { eventType: 'NewFileUpload', data: { fileId: 528 } },
    { EventType: 'NewFileUpload', FileUploadEvent: null },
    { eventType: 'FileDeleted', data: { fileId: FileId } },
    null,
    undefined,
    [],
  ]
  for (const json of odd) await rule({ json })
  expect(rule.counts().started).toBe(started)
  const json = { version: '4.0', eventType: 'NewFileUpload', data: { fileId: FileId, vodTaskId: '' } }
  await rule({ json })
  expect(await reportOf(FileId)).toMatchObject({ status: 'processed' })
})

it('one that the rule does not mean is left alone', async () => {
  const FileId = await system.media('trailer')
  expect(await reportOf(FileId)).toMatchObject({
    status: 'ignored',
    reason: expect.stringContaining('episode'),
  })
  expect(system.tasksOf(FileId)).toEqual([])
})

it('a forged one costs a few reads, and leaves the file to its true event', async () => {
  await announced('5285890784246869930')
  await expect(reportOf('5285890784246869930')).rejects.toMatchObject({
    cause: { cause: { type: 'NoSuchMedia', message: expect.stringContaining('VOD has no such media file') } },
  })
  await announced('5285890784246869930')
  const run = system.vodflow.client.workflow.getHandle('upload/default/5285890784246869930')
  expect((await run.describe()).status.name).toBe('RUNNING')
})

it('and wait for their turn, in a line that has an end', async () => {
  const { client } = system.vodflow
  const work = { ProcedureName: 'one' }
  const tight = createUploadRule({ client, rule: { name: 'tight', work }, maxPerSecond: 5, maxWaiting: 7 })
  const uploads = Array.from({ length: 20 }, (_, index) => tight(upload(`forged-${index}`)))
  const refused = (await Promise.allSettled(uploads)).filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(13)
  expect(tight.counts()).toMatchObject({ started: 7, refused: 13 })
})

it('what a step has made is not processed a second time', async () => {
  const source = await system.media('source')
  const { MediaInfoSet } = await system.vodClient.call('DescribeMediaInfos', { FileIds: [source] })
  const { MediaUrl } = (MediaInfoSet[0] as unknown as { BasicInfo: { MediaUrl: string } }).BasicInfo
  const run = (type: string, request: object) =>
    system.vodflow.client.workflow.execute(type, {
      workflowId: `${type}-${Math.random()}`,
      taskQueue: 'vodflow',
      args: [{ request }],
    })
  const pulled = await run('pullUpload', { MediaUrl, MediaName: 'episode pulled' })
  expect(await reportOf(pulled.FileId)).toMatchObject({ status: 'ignored', reason: 'a step made it' })
  const edited = await run('editMedia', {
    InputType: 'File',
    FileInfos: [{ FileId: source }],
    OutputConfig: { MediaName: 'episode edited' },
  })
  expect(await reportOf(edited.FileId)).toMatchObject({
    status: 'ignored',
    reason: 'processing made it',
  })
})

it('a workflow of a user may do the work', async () => {
  const { client } = system.vodflow
  const own = createUploadRule({
    client,
    rule: {
      name: 'own',
      account: 'default',
      SubAppId: 1_500_000_001,
      work: { workflowType: 'onUpload', taskQueue: 'theirs-uploads' },
      delays,
    },
  })
  const FileId = await system.media('mine')
  await own(upload(FileId))
  const report = await client.workflow.getHandle(`upload/own/1500000001/${FileId}`).result()
  expect(report).toMatchObject({ status: 'processed', result: `mine: ${FileId}` })
})

it('a run whose own workflow has failed is not started again by an event', async () => {
  const { client } = system.vodflow
  const work = { workflowType: 'failsUpload', taskQueue: 'theirs-uploads' }
  const fails = createUploadRule({ client, rule: { name: 'fails', work, delays } })
  const FileId = await system.media('episode that fails')
  await fails(upload(FileId))
  const handle = client.workflow.getHandle(`upload/fails/${FileId}`)
  await expect.poll(async () => (await handle.describe()).status.name).toBe('FAILED')
  for (let n = 0; n < 2; n++) await fails(upload(FileId))
  expect(fails.counts()).toEqual({ started: 1, known: 2, refused: 0, taken: 0 })
})

it('two rules with names of their own take the same upload', async () => {
  const { client } = system.vodflow
  await createTemplates(system, [
    { Name: 'other', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100020 }] } },
  ])
  const FileId = await system.media('twice')
  const rules = [
    { name: 'first', work: { ProcedureName: 'one' } },
    { name: 'second', work: { ProcedureName: 'other' } },
  ]
  for (const rule of rules) await createUploadRule({ client, rule: { ...rule, delays } })(upload(FileId))
  for (const { name } of rules) {
    const report = client.workflow.getHandle(`upload/${name}/${FileId}`).result()
    expect(await report).toMatchObject({ status: 'processed' })
  }
})

it('a file whose workflow id a run of another type has is counted and logged as that', async () => {
  const { client } = system.vodflow
  const FileId = await system.media('episode of a squatter')
  const workflowId = `upload/taken/${FileId}`
  await client.workflow.start('noSuch', { workflowId, taskQueue: 'nobody', args: [] })
  const lines: object[] = []
  const logger = { info: () => {}, warn: (fields: object) => void lines.push(fields) }
  const rule = createUploadRule({ client, logger, rule: { name: 'taken', work: { ProcedureName: 'one' } } })
  await rule(upload(FileId))
  await client.workflow.getHandle(workflowId).terminate()
  await rule(upload(FileId))
  expect(rule.counts()).toEqual({ started: 0, known: 0, refused: 0, taken: 2 })
  const line = { FileId, workflowId, type: 'noSuch' }
  expect(lines).toEqual([line, line])
})

it.each([
  [{ FileId: '528', work: {} }, 'work'],
  [{ FileId: '528', work: null }, 'work'],
  [{ FileId: '528', account: 7, work: { ProcedureName: 'one' } }, 'account'],
  [{ FileId: '528', work: { workflowType: 'x' } }, 'work'],
  [{ FileId: '528', work: { ProcedureName: 'one' }, match: null }, 'match'],
  [{ FileId: 5.28e18, work: { ProcedureName: 'one' } }, 'FileId'],
])('a run that was started by its name with %j fails at once', async (given, field) => {
  const { client } = system.vodflow
  const workflowId = `odd-${Math.random()}`
  const run = client.workflow.execute('processUpload', { workflowId, taskQueue: 'vodflow', args: [given] })
  const failed = await run.catch((error) => error)
  const cause = failed.cause.cause ?? failed.cause
  expect(cause.type).toBe('InvalidInput')
  expect(cause.message).toContain(field)
})

it('a rule that cannot work is refused, and named', () => {
  const make = (given: object) => () =>
    createUploadRule({ client: system.vodflow.client, rule: given as never })
  expect(make({})).toThrow('rule.work')
  expect(make({ work: { ProcedureName: '' } })).toThrow('rule.work.ProcedureName')
  expect(make({ work: { ProcedureName: 'one' }, match: { nameprefix: 'x' } })).toThrow(
    'rule.match.nameprefix',
  )
})
