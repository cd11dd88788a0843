import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect, payloadEncryption } from '../../src/client/index.js'
import { vodflow as command } from '../cli/cli.js'
import { type Deployment, startDeployment } from './deployment.js'
import { scrape, start, sumOf } from './processes.js'

const soon = { timeout: 60_000, interval: 200 }
const key = (id: string, digit: string) => `${id}:${digit.repeat(64)}`
const ofWorker = { VODFLOW_PAYLOAD_KEYS: key('k1', '1') }
const ofCallbacks = { VODFLOW_PAYLOAD_KEYS: key('k1', '2') }
/** What both must have to read each other. */
const ofBoth = { VODFLOW_PAYLOAD_KEYS: `${key('k1', '1')},${key('k2', '2')}` }

let deployed: Deployment
beforeAll(async () => {
  deployed = await startDeployment(['--log-format', 'json'], { worker: ofWorker, callbacks: ofCallbacks })
})
afterAll(() => deployed?.close())

const lines = (log: string, message: string) =>
  log.split('\n').filter((line) => line.includes(`"${message}"`))
const ignored = 'the run ignores a signal that it cannot read'

async function ignoringRun() {
  const run = await deployed.vodflow.process({ FileId: await deployed.media('clip'), ProcedureName: 'one' })
  await expect.poll(async () => (await run.describe()).unread?.count, soon).toBeGreaterThan(0)
  const remedy = expect.stringContaining('VODFLOW_PAYLOAD_KEYS')
  expect((await run.describe()).unread).toMatchObject({ reason: 'encrypted', remedy })
  return run
}

it('the worker says that a run ignored a signal, once for each run, and counts it', async () => {
  const run = await ignoringRun()
  const said = () => lines(deployed.worker.said.err, ignored).filter((line) => line.includes(run.workflowId))
  await expect.poll(said, soon).toHaveLength(1)
  expect(JSON.parse(said()[0] ?? '')).toMatchObject({
    level: 'warn',
    signalName: 'vodflow.hint',
    reason: 'encrypted',
  })
  expect(said()[0]).toContain('cannot be decrypted with key \\"k1\\"')
  const counted = async () =>
    sumOf((await scrape(deployed.worker.metricsPort)).samples, 'vodflow_unread_signals_total', {
      reason: 'encrypted',
    })
  await expect.poll(counted, soon).toBeGreaterThan(0)
  // A second signal adds to the count and not to the log.
  await deployed.vodflow.client.workflow.getHandle(run.workflowId).signal('vodflow.hint', 'odd')
  const unread = async () => (await run.describe()).unread
  await expect.poll(unread, soon).toMatchObject({
    reason: 'malformed',
    problem: expect.stringContaining('format'),
  })
  expect(said()).toHaveLength(1)
  const { stdout } = await command(['status', run.workflowId], { ...deployed.env, ...ofWorker })
  expect(stdout).toMatch(
    /signals that it could not read; the last one: its content .*\n +to fix: Find the program/,
  )
})

it('doctor, a worker that starts and the callback service say that their keys are not those of the worker', async () => {
  await ignoringRun()
  const doctor = async (env: Readonly<Record<string, string>>) =>
    (await command(['doctor'], { ...deployed.env, ...env })).stdout
      .split('\n')
      .find((line) => line.includes('payload keys'))
  expect(await doctor(ofWorker)).toMatch(/^good .*\(k1 encrypts/)
  expect(await doctor(ofCallbacks)).toMatch(/^BAD .*the workers cannot read .*k1/)
  expect(await doctor({ VODFLOW_PAYLOAD_KEYS: key('k3', '3') })).toMatch(/^BAD .*"k3"/)
  expect(await doctor({})).toMatch(/^BAD .*VODFLOW_PAYLOAD_KEYS is not set/)
  const callbacks = start(['callbacks', '--port', '0', '--log-format', 'json'], {
    ...deployed.env,
    ...ofCallbacks,
  })
  const second = start(['worker', '--log-format', 'json'], { ...deployed.env, ...ofCallbacks })
  const warning = 'the workers cannot read the signals of this process'
  for (const each of [callbacks, second]) {
    await expect.poll(() => lines(each.said.err, warning), soon).toHaveLength(1)
    expect(await each.stop()).toBe(0)
  }
})

/** A run that has ignored the hint that its task has ended, and functions that send it that hint again. */
async function deafRun(name: string) {
  deployed.vod.faults.add({ kind: 'dropCallback' })
  const { vodflow, temporal } = deployed
  const FileId = await deployed.media(name)
  const run = await vodflow.process({ FileId, ProcedureName: 'one' })
  await expect.poll(async () => (await run.progress())?.phase, soon).toBe('waiting')
  const [task] = deployed.vod.books().tasks.filter((each) => each.FileId === FileId)
  const hint = { v: 1, SessionId: task?.SessionId, TaskId: task?.TaskId, terminal: true, via: 'push' }
  const other = await connect({ address: temporal.address, dataConverter: payloadEncryption(key('k2', '2')) })
  await other.client.workflow.getHandle(run.workflowId).signal('vodflow.hint', hint)
  await other.close()
  await expect.poll(async () => (await run.describe()).unread?.problem, soon).toContain('"k2"')
  const handle = vodflow.client.workflow.getHandle(run.workflowId)
  return { run, handle, wake: (via: 'push' | 'sweep') => handle.signal('vodflow.hint', { ...hint, via }) }
}

it('a run whose input the worker cannot read has the keys as its remedy', async () => {
  const other = await connect({
    address: deployed.temporal.address,
    dataConverter: payloadEncryption(key('k2', '2')),
  })
  const run = await other.process({ FileId: await deployed.media('sealed'), ProcedureName: 'one' })
  const remedy = expect.stringMatching(/^Give every worker of "vodflow" the same VODFLOW_PAYLOAD_KEYS/)
  await expect.poll(async () => (await run.describe()).problem, soon).toMatchObject({ remedy })
  await deployed.vodflow.client.workflow.getHandle(run.workflowId).terminate()
  await other.close()
})

it('a worker and a callback service say whether payloads are encrypted, and which variables nothing reads', async () => {
  expect(await deployed.worker.says(/^vodflow worker.*/)).toContain('payloads encrypted with k1')
  expect(await deployed.callbacks.says(/^vodflow callbacks.*/)).toContain('payloads encrypted with k1')
  const misspelt = {
    ...deployed.env,
    VODFLOW_PAYLOAD_KEYS: '',
    VODFLOW_PAYLOAD_KEY: key('k1', '1'),
    VODFLOW_SIGNKEY: 'a',
    VODFLOW_CALLBACKS_SERVICE_HOST: '10.0.0.7',
    VODFLOW_CALLBACKS_PORT_8080_TCP: 'tcp://10.0.0.7:8080',
  }
  for (const args of [['worker'], ['callbacks', '--port', '0']]) {
    const started = start([...args, '--log-format', 'json'], misspelt)
    expect(await started.says(/^vodflow (worker|callbacks).*/)).toContain('payloads in plain text')
    const warned = () => lines(started.said.err, 'vodflow has no environment variable of this name')
    await expect.poll(warned, soon).toHaveLength(2)
    expect(warned().map((line) => JSON.parse(line).variable)).toEqual([
      'VODFLOW_PAYLOAD_KEY',
      'VODFLOW_SIGNKEY',
    ])
    expect(started.said.err).not.toContain('1'.repeat(64))
    await started.stop()
  }
  const { stdout } = await command(['doctor'], misspelt)
  expect(stdout).toMatch(/LOOK +environment +VODFLOW_PAYLOAD_KEY is not a variable/)
})

it('a run that has ignored a signal goes on when its worker gets the missing key', async () => {
  const ended = await deafRun('ended')
  await ended.wake('sweep')
  expect(await ended.run.result()).toMatchObject({ status: 'succeeded', endedBy: 'sweep' })
  const open = await deafRun('open')
  await deployed.worker.stop()
  const worker = start(['worker'], { ...deployed.env, ...ofBoth })
  try {
    await worker.says(/^vodflow worker/)
    // Temporal replays the whole history for a query of a run that has ended.
    expect(await ended.run.steps()).toMatchObject([{ phase: 'settled' }])
    expect((await open.run.describe()).problem).toBeUndefined()
    await open.wake('push')
    expect(await open.run.result()).toMatchObject({ status: 'succeeded', endedBy: 'push' })
    const { events } = await open.handle.fetchHistory()
    expect(events?.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([])
  } finally {
    await worker.stop()
  }
})
