import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { workflowQueue } from '../../src/contract/queues.js'
import { audit } from '../../src/operate/audit/index.js'
import { binary, root } from '../support/binary.js'
import { type System, startSystem } from '../support/system.js'

const hour = 3_600_000

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 50, reviewTime: 50 })
  // What has ended ten minutes ago should not be waited for: VOD's time is an hour behind.
  system.vod.switches.ignoreSkew = true
  system.vod.clock.advance(-hour)
})
afterAll(() => system?.close())

const options = (repair: boolean) => ({
  vodflow: system.vodflow,
  vod: system.vodClient,
  account: 'default',
  keys: system.macKeys,
  subApps: [undefined],
  windowMs: 72 * hour,
  repair,
})
const finished = (FileId: string) =>
  expect.poll(() => system.tasksOf(FileId).map(({ Status }) => Status)).toContain('FINISH')

it('finds nothing where all is well', async () => {
  const run = await system.vodflow.process({ ProcedureName: 'two', FileId: await system.media() })
  await run.result()
  const audited = await audit(options(false))
  expect(audited).toMatchObject({ findings: [], tasks: 2, foreign: 0, forged: 0, runs: 1 })
})

it('finds a run that waits for what has ended, and wakes it', async () => {
  const FileId = await system.media()
  system.vod.faults.add({ kind: 'dropCallback' })
  const run = await system.vodflow.process({ ProcedureName: 'one', FileId })
  await finished(FileId)
  system.vod.faults.clear()
  expect((await audit(options(false))).findings).toMatchObject([
    { kind: 'finishedButWaiting', repaired: false },
  ])
  expect((await audit(options(true))).findings).toMatchObject([
    { kind: 'finishedButWaiting', repaired: true },
  ])
  const outcome = await run.result()
  expect(outcome).toMatchObject({ status: 'succeeded' })
  expect(outcome).not.toHaveProperty('endedBy')
  expect((await audit(options(false))).findings).toEqual([])
})

it('says what it repaired, although Temporal refuses to say which runs are stuck', async () => {
  const FileId = await system.media()
  system.vod.faults.add({ kind: 'dropCallback' })
  const run = await system.vodflow.process({ ProcedureName: 'one', FileId })
  await finished(FileId)
  system.vod.faults.clear()
  const refused = vi
    .spyOn(system.vodflow.client.workflowService, 'listWorkerDeployments')
    .mockRejectedValue(Object.assign(new Error('busy'), { code: 8 }))
  const audited = await audit(options(true))
  refused.mockRestore()
  expect(audited).toMatchObject({
    findings: [{ kind: 'finishedButWaiting', repaired: true }],
    notAsked: expect.arrayContaining([expect.objectContaining({ why: 'busy' })]),
  })
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
})

it('finds the task of a run that was terminated, and adopts it', async () => {
  const FileId = await system.media()
  system.vod.faults.add({ kind: 'dropCallback' })
  const run = await system.vodflow.process({ ProcedureName: 'one', FileId })
  await finished(FileId)
  await system.vodflow.client.workflow.getHandle(run.workflowId).terminate()
  system.vod.faults.clear()
  const { findings } = await audit(options(true))
  expect(findings).toMatchObject([{ kind: 'taskWithoutRun', run: 'terminated', repaired: true }])
  const TaskId = system.tasksOf(FileId)[0]?.TaskId ?? ''
  expect(await (await system.vodflow.adopt({ TaskId })).result()).toMatchObject({
    status: 'succeeded',
    TaskId,
  })
})

it('says nothing of a task that its run has read, while another goes on', async () => {
  const FileId = await system.media()
  system.vod.faults.add({ kind: 'dropCallback', times: 1 })
  const run = await system.vodflow.process({ ProcedureName: 'two', FileId })
  await expect.poll(() => system.tasksOf(FileId).every(({ Status }) => Status === 'FINISH')).toBe(true)
  const open = async () => (await run.progress())?.tasks.filter(({ Status }) => Status !== 'FINISH') ?? []
  await expect.poll(async () => (await open()).length).toBe(1)
  const [waits] = await open()
  await expect
    .poll(async () => (await audit(options(false))).findings)
    .toMatchObject([{ kind: 'finishedButWaiting', TaskId: waits?.TaskId }])
  await audit(options(true))
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
})

it('does not adopt again what was adopted', async () => {
  const { findings } = await audit(options(true))
  expect(findings).toEqual([])
})

it('takes a run that was reset, and later run again, for what its reset came to', async () => {
  const FileId = await system.media()
  const request = { ProcedureName: 'one', FileId }
  system.vod.faults.add({ kind: 'dropCallback' })
  const run = await system.vodflow.process(request)
  await finished(FileId)
  system.vod.faults.clear()
  const reason = 'a test'
  await (await system.vodflow.retry(run.workflowId, { reason })).result()
  await (await system.vodflow.rerun(request, { reason })).result()
  expect((await audit(options(false))).findings).toEqual([])
})

it('calls no flow of a retried split repaired while the run does not know the split, and says how it gets to know it', async () => {
  const { client } = system.vodflow
  const workflowId = 'a split'
  const Segments = [0, 1].map((at) => ({
    StartTimeOffset: at,
    EndTimeOffset: at + 1,
    ProcedureName: 'one',
  }))
  const input = { request: { FileId: await system.media(), Segments } }
  await client.workflow.start('splitMedia', { workflowId, taskQueue: workflowQueue, args: [input] })
  await client.workflow.getHandle(workflowId).result()
  const again = await system.vodflow.retry(workflowId, { reason: 'a test' })
  await expect.poll(async () => (await again.progress())?.phase).toBe('waiting')

  const { findings } = await audit(options(true))
  const finding = { kind: 'finishedButWaiting', repaired: false, problem: expect.any(String) }
  expect(findings).toMatchObject([finding, finding])
  const { problem = '' } = findings[0] ?? {}
  expect(problem).toMatch(/^the run has the hint, but it first needs the TaskId of its SplitMedia task/)
  expect(problem).toContain("vodflow report 'a split'")
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-'))
  expect(await command(['report', workflowId, '--out', folder])).toMatchObject({ code: 0 })
  const report = await readFile(join(folder, 'report.json'), 'utf8')
  const [TaskId = ''] = /\d+-SplitMedia-\w+/.exec(report) ?? []
  await rm(folder, { recursive: true })
  const [, signal = '{}'] = / --name vodflow\.hint --input '(.*)'$/.exec(problem) ?? []
  const sent: unknown = JSON.parse(signal.replace('TASK_ID', TaskId))
  await client.workflow.getHandle(workflowId).signal('vodflow.hint', sent)
  expect(await again.result()).toMatchObject({ status: 'succeeded' })
  expect((await audit(options(true))).findings).toEqual([])
})

it('says nothing of a run that waits for the task of another one with its key', async () => {
  const now = Date.now
  const FileId = await system.media()
  const idempotencyKey = `order-${FileId}`
  // Each second, for as long as this machine may need.
  const looks = Array.from({ length: 50 }, (_, second) => (second + 1) * 1_000)
  const delays = { listings: [200], polls: [100, 300], lag: [100, 300], looks }
  const start = (workflowId: string) =>
    system.vodflow.process({ ProcedureName: 'one', FileId }, { idempotencyKey, workflowId, delays })
  system.vod.switches.detailLag = 2 * hour
  try {
    const first = await start('first-of-its-key')
    await expect.poll(async () => (await first.progress())?.tasks.length).toBe(1)
    const second = await start('second-of-its-key')
    await expect.poll(async () => (await second.progress())?.tasks.length).toBe(1)
    // A younger run might still have its submit to come.
    Date.now = () => now() + hour / 2
    expect((await audit(options(false))).findings).toEqual([])
    system.vod.switches.detailLag = 0
    for (const run of [first, second]) expect(await run.result()).toMatchObject({ status: 'succeeded' })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  } finally {
    Date.now = now
    system.vod.switches.detailLag = 0
  }
})

it('as a command: exit code 2 for what was paid twice, with its TaskIds; no secret in what it prints', async () => {
  const FileId = await system.media()
  await (await system.vodflow.process({ ProcedureName: 'one', FileId })).result()
  const [first] = system.tasksOf(FileId)
  const again = { ProcedureName: 'one', FileId, SessionContext: first?.SessionContext ?? '' }
  const { TaskId } = await system.vodClient.call('ProcessMediaByProcedure', again)
  await finished(FileId)
  const { code, output } = await command(['audit', '--json'])
  expect(code).toBe(2)
  const { findings } = JSON.parse(output)
  expect(findings).toContainEqual(
    expect.objectContaining({ kind: 'duplicate', TaskIds: [first?.TaskId, TaskId], repaired: false }),
  )
  expect(output).not.toContain(system.macKeys.sign.secret)
  const asText = await command(['audit'])
  expect(asText.output).toContain('found    billed 2 times')
  // Nothing was left out.
  expect(asText.output).toMatch(/ findings?\.\nVOD lists the tasks/)
  expect(asText.code).toBe(2)
})

it('as a command: 1 and a word when Temporal is away', async () => {
  const { code, output } = await command(['audit'], { TEMPORAL_ADDRESS: '127.0.0.1:1' })
  expect(code).toBe(1)
  expect(output).toContain('Temporal does not answer at 127.0.0.1:1')
})

async function command(args: readonly string[], more: Record<string, string> = {}) {
  const env = { ...process.env, ...system.environment, ...more }
  const child = spawn(process.execPath, [binary, ...args], { cwd: root, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  const [code] = await once(child, 'exit')
  return { code: code as number, output }
}
