import { randomUUID } from 'node:crypto'
import { defaultPayloadConverter } from '@temporalio/common'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { gauges, metrics } from '../../src/contract/metrics.js'
import { forged } from '../callbacks/rig.js'
import { alertsOf, queriesOf, usedIn } from './deploy.js'
import { type Deployment, startDeployment } from './deployment.js'
import { type Sample, scrape, sumOf } from './processes.js'

const soon = { timeout: 60_000, interval: 200 }
let deployed: Deployment
beforeAll(async () => {
  deployed = await startDeployment()
})
afterAll(() => deployed?.close())

const ofWorker = async () => (await scrape(deployed.worker.metricsPort)).samples
const ofCallbacks = async () => (await scrape(deployed.callbacks.metricsPort)).samples
const expectIn = (samples: () => Promise<readonly Sample[]>, name: string, labels: Record<string, string>) =>
  expect.poll(async () => sumOf(await samples(), name, labels), soon)

it('a job that ends by its callback', async () => {
  const FileId = await deployed.media('clip')
  const run = await deployed.vodflow.process({ FileId, ProcedureName: 'one' })
  expect(await run.result()).toMatchObject({ status: 'succeeded', endedBy: 'push' })
  const action = 'ProcessMediaByProcedure'
  await expectIn(ofWorker, 'vodflow_steps_total', { action, status: 'succeeded' }).toBe(1)
  await expectIn(ofWorker, 'vodflow_step_seconds_count', { action }).toBe(1)
  await expectIn(ofWorker, 'vodflow_waits_total', { ended_by: 'push' }).toBe(1)
  await expectIn(ofWorker, 'vodflow_submits_total', { action, result: 'accepted' }).toBe(1)
  await expectIn(ofWorker, 'vodflow_api_calls_total', { action, code: 'ok' }).toBe(1)
  await expectIn(ofWorker, 'vodflow_api_call_seconds_count', { action }).toBe(1)
  await expectIn(ofWorker, 'vodflow_turn_wait_seconds_count', { account: 'default', rate: 'submit' }).toBe(1)
  await expectIn(ofWorker, 'vodflow_callback_to_resume_seconds_count', { net: 'push' }).toBe(1)
  await expectIn(ofWorker, 'vodflow_sweeps_total', { account: 'default' }).toBe(1)
  await expectIn(ofWorker, gauges.overdue.name, {}).toBe(0)
  const reasons = async () =>
    (await ofWorker()).filter(({ name }) => name === gauges.stuck.name).map(({ labels }) => labels.reason)
  await expect.poll(reasons, soon).toContain('paused')
  // These runs have a metric of their own.
  expect(await reasons()).not.toContain('overdue')
  await expectIn(ofWorker, gauges.submitsStopped.name, { account: 'default' }).toBe(0)
  await expectIn(ofCallbacks, 'vodflow_callbacks_total', { verdict: 'delivered' }).toBeGreaterThan(0)
  await expectIn(ofCallbacks, 'vodflow_callback_seconds_count', {}).toBeGreaterThan(0)
  await expectIn(ofCallbacks, 'vodflow_signals_total', { result: 'delivered' }).toBeGreaterThan(0)
  await expectIn(ofCallbacks, 'vodflow_api_calls_total', { action: 'PullEvents' }).toBeGreaterThan(0)
})

it('a signal that a run cannot read', async () => {
  deployed.vod.faults.add({ kind: 'dropCallback', times: 1 })
  const run = await deployed.vodflow.process({ FileId: await deployed.media('odd'), ProcedureName: 'one' })
  await expect.poll(async () => (await run.progress())?.phase, soon).toBe('waiting')
  await deployed.vodflow.client.workflow.getHandle(run.workflowId).signal('vodflow.hint', 'odd')
  await expectIn(ofWorker, 'vodflow_unread_signals_total', { reason: 'malformed' }).toBe(1)
  await run.detach()
})

it('a histogram in seconds has bounds of seconds, and an answer in milliseconds lies below the first', async () => {
  const samples = await ofWorker()
  const within = (le: string) => sumOf(samples, 'vodflow_callback_to_resume_seconds_bucket', { le })
  expect(within('60')).toBe(1)
  expect(sumOf(samples, 'vodflow_callback_to_resume_seconds_sum')).toBeGreaterThan(0)
  expect(sumOf(samples, 'vodflow_callback_to_resume_seconds_sum')).toBeLessThan(60)
})

it('a submit whose answer was lost is one duplicate, recovered', async () => {
  deployed.vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 })
  const FileId = await deployed.media('lost')
  const run = await deployed.vodflow.process({ FileId, ProcedureName: 'one' })
  expect(await run.result()).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
  const action = 'ProcessMediaByProcedure'
  await expectIn(ofWorker, 'vodflow_duplicates_recovered_total', { action }).toBe(1)
  await expectIn(ofWorker, 'vodflow_submits_total', { action, result: 'duplicate' }).toBe(1)
  await expectIn(ofWorker, 'vodflow_submits_total', { action, result: 'ambiguous' }).toBe(1)
  await expectIn(ofWorker, 'vodflow_api_calls_total', { action, code: 'ClientError.Network' }).toBe(1)
})

it('the time between two attempts is not time spent waiting for a turn', async () => {
  const labels = { account: 'default', rate: 'submit', le: '5' }
  const samples = await ofWorker()
  // The second attempt of the submit above came 5 s after the first.
  expect(sumOf(samples, 'vodflow_turn_wait_seconds_bucket', labels)).toBe(
    sumOf(samples, 'vodflow_turn_wait_seconds_count', { account: 'default', rate: 'submit' }),
  )
})

it('items of a batch, and events that are not ours', async () => {
  const FileIds = [await deployed.media('a'), await deployed.media('b'), 'missing']
  const batch = await deployed.vodflow.batches.start(
    { source: { FileIds }, ProcedureName: 'one' },
    { workflowId: 'items' },
  )
  await batch.result()
  await expectIn(ofWorker, 'vodflow_batch_items_total', { status: 'succeeded' }).toBe(2)
  await expectIn(ofWorker, 'vodflow_batch_items_total', { status: 'missing' }).toBe(1)
  const post = (body: string) => fetch(deployed.callbacks.url, { method: 'POST', body })
  expect((await post(forged())).status).toBe(403)
  expect((await fetch(deployed.callbacks.url)).status).toBe(405)
  await expectIn(ofCallbacks, 'vodflow_callbacks_total', { verdict: 'badMethod' }).toBe(1)
  await expectIn(ofCallbacks, 'vodflow_callbacks_total', { verdict: 'forged' }).toBe(1)
})

it('every metric of the table is there, and no label holds an id', async () => {
  const [worker, callbacks] = await Promise.all([
    scrape(deployed.worker.metricsPort),
    scrape(deployed.callbacks.metricsPort),
  ])
  const both = [...worker.samples, ...callbacks.samples]
  const names = new Set(both.map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')))
  const expected = Object.values({ ...metrics, ...gauges }).map(({ name }) => name)
  expect(expected.filter((name) => !names.has(name))).toEqual([])
  const { tasks } = deployed.vod.books()
  const ids = tasks.flatMap(({ TaskId, FileId }) => [TaskId, FileId])
  expect(ids.length).toBeGreaterThan(6)
  for (const { text } of [worker, callbacks]) expect(ids.filter((id) => text.includes(id))).toEqual([])
})

it('an account that the worker does not know is no label, however many and long they are', async () => {
  const { text } = await scrape(deployed.worker.metricsPort)
  const { workflowService } = deployed.vodflow.client
  const read = (account: unknown, number: number) =>
    workflowService.startActivityExecution({
      namespace: 'default',
      requestId: randomUUID(),
      activityId: `stranger-${number}`,
      activityType: { name: 'DescribeTaskDetail' },
      taskQueue: { name: 'vodflow' },
      startToCloseTimeout: { seconds: 10 as never },
      retryPolicy: { maximumAttempts: 1 },
      input: { payloads: [defaultPayloadConverter.toPayload({ account, TaskId: '1-procedurev2-a' })] },
    })
  const strange = [...Array.from({ length: 20 }, (_, number) => `${number}${'x'.repeat(100_000)}`), 7, null]
  await Promise.all(strange.map(read))
  const labels = { account: 'other', rate: 'read' }
  await expectIn(ofWorker, 'vodflow_turn_wait_seconds_count', labels).toBe(strange.length)
  const after = await scrape(deployed.worker.metricsPort)
  expect(new Set(after.samples.map(({ labels: { account } }) => account))).toEqual(
    new Set([undefined, 'default', 'other']),
  )
  expect(after.text.length - text.length).toBeLessThan(20_000)
})

it('every metric that the alerts and the dashboard name is one that these processes have', async () => {
  const names = new Set([...(await ofWorker()), ...(await ofCallbacks())].map(({ name }) => name))
  const queries = [...(await alertsOf()).map(({ expr }) => expr), ...(await queriesOf())]
  const used = new Set(queries.flatMap(usedIn).map(({ name }) => name))
  expect(used.size).toBeGreaterThan(15)
  expect([...used].filter((name) => !names.has(name))).toEqual([])
})
