import { afterAll, beforeAll, expect, it } from 'vitest'
import { vodflow as command } from '../cli/cli.js'
import { type Deployment, startDeployment } from './deployment.js'
import { scrape, start, sumOf } from './processes.js'

const soon = { timeout: 30_000, interval: 200 }
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

const lines = (log: string, message: string) => log.split('\n').filter((line) => line.includes(`"${message}"`))
const ignored = 'the run ignores a signal that it cannot read'

async function ignoringRun() {
  const run = await deployed.vodflow.process({ FileId: await deployed.media('clip'), ProcedureName: 'one' })
  await expect.poll(async () => (await run.look()).unread?.count, soon).toBeGreaterThan(0)
  return run
}

it('the worker says that a run ignored a signal, once for each run, and counts it', async () => {
  const run = await ignoringRun()
  const said = lines(deployed.worker.said.err, ignored).filter((line) => line.includes(run.workflowId))
  expect(said).toHaveLength(1)
  expect(JSON.parse(said[0] ?? '')).toMatchObject({ level: 'warn', signalName: 'vodflow.hint', reason: 'encrypted' })
  expect(said[0]).toContain('cannot be decrypted with key \\"k1\\"')
  const counted = async () =>
    sumOf((await scrape(deployed.worker.metricsPort)).samples, 'vodflow_unread_signals_total', {
      reason: 'encrypted',
    })
  await expect.poll(counted, soon).toBeGreaterThan(0)
  // A second signal adds to the count and not to the log.
  await deployed.vodflow.client.workflow.getHandle(run.workflowId).signal('vodflow.hint', 'odd')
  await expect.poll(async () => (await run.look()).unread?.problem, soon).toContain('format')
  expect(lines(deployed.worker.said.err, ignored).filter((line) => line.includes(run.workflowId))).toHaveLength(1)
  const { stdout } = await command(['status', run.workflowId], { ...deployed.env, ...ofWorker })
  expect(stdout).toContain('signals that it could not read')
})

it('doctor and the callback service say that their keys are not those of the worker', async () => {
  await ignoringRun()
  const doctor = async (env: Readonly<Record<string, string>>) =>
    (await command(['doctor'], { ...deployed.env, ...env })).stdout.split('\n').find((line) => line.includes('payload keys'))
  expect(await doctor(ofWorker)).toMatch(/^good .* k1 encrypts/)
  expect(await doctor(ofCallbacks)).toMatch(/^BAD .*the workers cannot read .*k1/)
  expect(await doctor({ VODFLOW_PAYLOAD_KEYS: key('k3', '3') })).toMatch(/^BAD .*"k3"/)
  expect(await doctor({})).toMatch(/^BAD .*VODFLOW_PAYLOAD_KEYS is not set/)
  const callbacks = start(['callbacks', '--port', '0', '--log-format', 'json'], { ...deployed.env, ...ofCallbacks })
  const warning = 'the workers cannot read the signals of this process'
  await expect.poll(() => lines(callbacks.said.err, warning), soon).toHaveLength(1)
  expect(await callbacks.stop()).toBe(0)
})

it('a run that has ignored a signal goes on when the keys have been fixed', async () => {
  const run = await ignoringRun()
  await deployed.worker.stop()
  const keys = { VODFLOW_PAYLOAD_KEYS: `${key('k1', '1')}` }
  const worker = start(['worker'], { ...deployed.env, ...keys })
  await worker.says(/^vodflow worker/)
  expect((await run.look()).problem).toBeUndefined()
  await worker.stop()
  void ofBoth
})
